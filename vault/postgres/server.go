package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"zhishu/vault"
)

const serverSettings = `SELECT current_setting('server_version_num')::int, pg_is_in_recovery(),
	current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit')`

// checkServer is asked of every new connection, not only of the first: after a
// failover the server is another one, with settings of its own.
func checkServer(ctx context.Context, conn *pgx.Conn) error {
	var version int
	var standby bool
	var fsync, pages, commit string
	if err := conn.QueryRow(ctx, serverSettings).Scan(&version, &standby, &fsync, &pages, &commit); err != nil {
		return err
	}
	switch {
	case version < minVersion:
		return fmt.Errorf("%w: PostgreSQL %d or later is needed", vault.ErrVersion, minVersion/10000)
	case standby:
		return fmt.Errorf("%w: this server is a standby; name the primary, or all of them with target_session_attrs=read-write", vault.ErrUnavailable)
	case fsync != "on":
		return fmt.Errorf("%w: the server has fsync=%s and would lose keys in a power cut", vault.ErrUnsafe, fsync)
	case pages != "on":
		return fmt.Errorf("%w: the server has full_page_writes=%s and would lose keys in a power cut", vault.ErrUnsafe, pages)
	case commit != "on" && commit != "remote_write" && commit != "remote_apply":
		return fmt.Errorf("%w: synchronous_commit=%s would acknowledge keys that may be lost", vault.ErrUnsafe, commit)
	}
	return nil
}
