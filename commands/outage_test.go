package commands_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/vault"
)

func TestOutages(t *testing.T) {
	for _, c := range []struct {
		err  error
		want commands.Outage
	}{
		{nil, commands.NoOutage},
		{errors.New("another"), commands.NoOutage},
		{domain.Refuse(domain.Overlap, "start"), commands.NoOutage},
		{&eventstore.Conflict{}, commands.NoOutage},
		{context.DeadlineExceeded, commands.NoOutage},
		{fmt.Errorf("%w (%w)", eventstore.ErrUnknown, eventstore.ErrUnavailable), commands.OutcomeUnknown},
		{fmt.Errorf("append: %w", eventstore.ErrUnavailable), commands.Unavailable},
		{eventstore.ErrFull, commands.Full},
		{eventstore.ErrClosed, commands.Closed},
		{eventstore.ErrCorrupt, commands.Damaged},
		{vault.ErrFull, commands.Full},
		{vault.ErrClosed, commands.Closed},
		{vault.ErrDamaged, commands.Damaged},
		{fmt.Errorf("keys: %w", vault.ErrUnavailable), commands.Unavailable},
	} {
		if got := commands.OutageOf(c.err); got != c.want {
			t.Errorf("%v: %d, want %d", c.err, got, c.want)
		}
	}
}
