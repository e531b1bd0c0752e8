package figures

// Cell is one value of a register.
type Cell struct {
	Text  string `json:"text" doc:"As it is read; empty where there is nothing"`
	Value *int64 `json:"value,omitempty" doc:"Of a number: in units of 10^-scale"`
	Scale int    `json:"scale,omitempty" doc:"Decimals of the number"`
}

// RegisterBlock is a table of a register.
type RegisterBlock struct {
	Caption string   `json:"caption,omitempty"`
	Heads   []string `json:"heads"`
	Rows    [][]Cell `json:"rows" doc:"Each with a cell for a heading; trailing empty ones may be left out"`
	Total   []Cell   `json:"total,omitempty" doc:"合计; absent where nothing adds up"`
}

// RegisterLine says how one figure came about.
type RegisterLine struct {
	Item        string `json:"item"`
	Value       Cell   `json:"value"`
	Unit        string `json:"unit,omitempty"`
	Facts       int64  `json:"facts" doc:"How many facts it is made of"`
	Numerator   *int64 `json:"numerator,omitempty" doc:"Of a rate"`
	Denominator *int64 `json:"denominator,omitempty"`
	How         string `json:"how" doc:"由来"`
	HowEn       string `json:"howEn"`
}

// Register is a table a committee hands in (台账), with how it came about (溯源).
type Register struct {
	Footing
	Kind      string          `json:"kind"`
	Title     string          `json:"title"`
	Unit      string          `json:"unit"`
	Community string          `json:"community"`
	Period    string          `json:"period"`
	Blocks    []RegisterBlock `json:"blocks"`
	Trace     []RegisterLine  `json:"trace"`
}
