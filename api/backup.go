package api

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"zhishu/domain"
	"zhishu/vault"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

// backups registers what a backup of the log needs beside it. Keys leave only
// as the vault keeps them, wrapped; the master key is not among them. They are
// everybody's, and so they are for an operator of the whole ledger.
func backups(r *routes) {
	codes := append([]string{CodeAccountMissing, CodeAccountInvalid},
		texts([]domain.Code{domain.AccountUnknown, domain.AccountClosedCode, domain.RoleForbids, domain.WrongOrganisation})...)
	params := []*huma.Param{{
		Name: headerAccount, In: "header", Required: true, Description: "Handle of the account that makes the backup: an operator's of the whole ledger", Schema: &huma.Schema{Type: huma.TypeString},
	}}
	r.raw(operation{
		id: "backup-keys", method: http.MethodGet, path: "/v1/backup/keys", tag: "backup", permission: "backup.read",
		summary: "The wrapped keys of all subjects, as one file", noHead: true, produces: binaryType,
		doc:   "Take it after the log and before the erasures. The file has an end of its own: one that was cut short is refused when it is restored.",
		codes: codes, params: params,
	}, func(ctx context.Context, c *fiber.Ctx) error {
		if err := r.server.mayBackUp(ctx, c); err != nil {
			return err
		}
		return r.server.streamFile(c, r.server.cfg.Ledger.Vault.Backup)
	})
	r.raw(operation{
		id: "backup-erasures", method: http.MethodGet, path: "/v1/backup/erasures", tag: "backup", permission: "backup.read",
		summary: "The list of erased subjects, as one file", noHead: true, produces: binaryType,
		codes: codes, params: params,
	}, func(ctx context.Context, c *fiber.Ctx) error {
		if err := r.server.mayBackUp(ctx, c); err != nil {
			return err
		}
		return r.server.streamFile(c, func(ctx context.Context, w io.Writer) error {
			erasures, err := r.server.cfg.Ledger.Vault.Erasures(ctx)
			if err != nil {
				return err
			}
			return vault.WriteErasures(w, erasures)
		})
	})
}

// mayBackUp refuses whoever does not answer for the whole ledger.
func (s *Server) mayBackUp(ctx context.Context, c *fiber.Ctx) error {
	handle := c.Get(headerAccount)
	if err := checkAccount(handle); err != nil {
		return err
	}
	by, err := s.cfg.Ledger.Commands.Actor(ctx, s.accountOf(handle))
	switch {
	case err != nil:
		return err
	case by.Role != domain.RoleOperator:
		return domain.Refuse(domain.RoleForbids, "account")
	case by.Scope.Digits() != 0:
		return domain.Refuse(domain.WrongOrganisation, "account")
	}
	return nil
}

// streamFile answers with what fill writes. The handler returns at once; the
// file is written by a goroutine that must not touch c. When fill fails, the
// connection is cut before the file's end.
func (s *Server) streamFile(c *fiber.Ctx, fill func(context.Context, io.Writer) error) error {
	c.Set(fiber.HeaderContentType, binaryType)
	conn, requestID := c.Context().Conn(), requestOf(c).id
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		whole := false
		defer func() {
			if !whole { // also after a panic: a file that was cut short must not look complete
				_ = conn.Close()
			}
		}()
		defer s.streams.recovered()
		err := fill(s.base, patient{w, conn, s.tuning.write})
		if err != nil {
			s.log.Error("file", slog.String("request", requestID), slog.Any("error", err))
		}
		whole = err == nil
	})
	return nil
}

// patient moves the write deadline with every write: the server's own holds
// for an answer, not for a file of any length.
type patient struct {
	*bufio.Writer
	conn net.Conn
	wait time.Duration
}

func (p patient) Write(b []byte) (int, error) {
	_ = p.conn.SetWriteDeadline(time.Now().Add(p.wait))
	return p.Writer.Write(b)
}
