package api

import (
	"context"

	"zhishu/api/figures"
	"zhishu/domain"
)

// AskerInput names who is asking, where that decides how much is shown.
type AskerInput struct {
	Asker string `header:"Zhishu-Account" maxLength:"64" doc:"Handle of the account that asks; absent: what everybody may see" example:"clerk"`
}

// askerCodes are what a query refuses whose answer depends on who asks.
var askerCodes = []string{CodeAccountInvalid, string(domain.AccountUnknown), string(domain.AccountClosedCode)}

// asker is who asks; the zero value is everybody.
type asker struct{ domain.Actor }

// asker is the account that a query names, as it is today.
func (s *Server) asker(ctx context.Context, account string) (asker, error) {
	if account == "" {
		return asker{}, nil
	}
	if err := checkAccount(account); err != nil {
		return asker{}, err
	}
	by, err := s.cfg.Ledger.Commands.Actor(ctx, s.accountOf(account))
	return asker{by}, err
}

// within reports whether the asker sees what people did in a division: the staff
// do within their scope, and so do inspectors.
func (a asker) within(d domain.Division) bool {
	return (a.Staff() || a.Role == domain.RoleInspector) && a.Scope.Covers(d)
}

// sight is what the asker sees of activities at a point of view.
func (a asker) sight(asOf string) figures.Sight {
	return figures.Sight{Within: a.within, Today: asOf == ""}
}
