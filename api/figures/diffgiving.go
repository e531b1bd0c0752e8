package figures

import "zhishu/projections"

// GiftChange is a gift that came, went, or is not what it was.
type GiftChange struct {
	Donation string         `json:"donation"`
	Kind     string         `json:"kind" enum:"came,went,changed" doc:"went: it stands in this statement no more"`
	Before   *GiftState     `json:"before,omitempty" doc:"Absent for one that was not there"`
	After    *GiftState     `json:"after,omitempty" doc:"Absent for one that is there no more"`
	Events   []ChangeEvent  `json:"events" doc:"What was recorded of it between"`
	Causes   []Clause       `json:"causes" doc:"What else made the difference"`
	Story    []DiffSentence `json:"story" doc:"The whole change in plain sentences"`
}

// GiftState is a gift at a point of view.
type GiftState struct {
	Day    string `json:"day,omitempty" format:"date"`
	KindZh string `json:"kindZh"`
	Amount Money  `json:"amount"`
	Items  []Item `json:"items"`
	Left   Share  `json:"left" doc:"Neither allocated nor returned"`
}

// GiftChangesOf tells what changed among a person's gifts. No free words are shown.
func GiftChangesOf(changes []projections.GiftChange) *[]GiftChange {
	out := make([]GiftChange, 0, len(changes))
	for i := range changes {
		out = append(out, giftChange(&changes[i]))
	}
	return &out
}

func giftChange(c *projections.GiftChange) GiftChange {
	out := GiftChange{Donation: id(c.Donation.UUID), Kind: "changed", Before: giftState(c.Before), After: giftState(c.After), Causes: []Clause{}}
	newest := c.After
	switch {
	case c.Before == nil:
		out.Kind = "came"
	case c.After == nil:
		out.Kind, newest = "went", c.Before
	}
	out.Events, out.Story = changeEvents(c.Events, giftStory(newest, nil))
	for _, cause := range c.Causes {
		w := causes[cause]
		out.Causes = append(out.Causes, said(string(cause), w.zh, w.en))
		out.Story = append(out.Story, DiffSentence{w.zh + "。", capital(w.en) + "."})
	}
	out.Story = append(out.Story, giftOutcome(c))
	return out
}

func giftState(g *projections.StatementGift) *GiftState {
	if g == nil {
		return nil
	}
	x := &g.Gift
	return &GiftState{day(x.Day), GiftKindZh(x.Kind, x.Support), Amount(x.Amount), items(x.Items), share(g.Left)}
}

// giftOutcome is the last sentence: what the gift is and what is left of it.
func giftOutcome(c *projections.GiftChange) DiffSentence {
	is := func(g *projections.StatementGift) words {
		if g == nil {
			return words{"没有", "not there"}
		}
		left := shareWords(g.Left)
		if left.zh == "" {
			left = words{"无", "nothing"}
		}
		return joined(worthWords(&g.Gift), words{"，剩余 " + left.zh, ", left " + left.en})
	}
	was, now := is(c.Before), is(c.After)
	if was == now {
		return DiffSentence{"捐赠 " + now.zh + "。", capital("the gift: "+now.en) + "."}
	}
	return DiffSentence{"捐赠 " + was.zh + " → " + now.zh + "。", "The gift: " + was.en + " → " + now.en + "."}
}
