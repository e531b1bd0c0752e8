package main

import (
	"context"
	"fmt"
	"strconv"

	"zhishu/api"
	"zhishu/domain"
)

type keysCmd struct {
	Show   keysShowCmd   `cmd:"" default:"withargs" zh:"查看检查点的签名公钥" help:"Show the public keys that checkpoints are signed with." example:"zhishu keys show"`
	Rotate keysRotateCmd `cmd:"" zh:"启用新密钥；此后新旧两把并行签名" help:"Add a new key; from now on the one before and the new one both sign." example:"zhishu keys rotate --data zhishu-data/demo"`
	Retire keysRetireCmd `cmd:"" zh:"停用一把密钥，不再签名" help:"End a key: it signs no further checkpoint." example:"zhishu keys retire 1 --data zhishu-data/demo"`
}

type keysShowCmd struct{ keysTarget }
type keysRotateCmd struct{ keysTarget }
type keysRetireCmd struct {
	Number int64 `arg:"" zh:"密钥序号，见 zhishu keys" help:"Number of the key, as zhishu keys shows it."`
	keysTarget
}

type keysTarget struct {
	Data string `default:"${data}" env:"ZHISHU_DATA" placeholder:"DIR" zh:"账本目录（查询时默认 ${default}）；服务正在运行时经由服务办理" help:"The ledger's directory (to read: ${default}); its running server is used."`
	JSON bool   `zh:"输出 JSON" help:"Print JSON."`
	backend
}

// keys lists the log's public keys under the origin in force.
func (l *ledger) keys(ctx context.Context) (api.LogKeys, error) {
	s, err := l.signingState(ctx)
	if err != nil {
		return api.LogKeys{}, err
	}
	out := api.LogKeys{Origin: s.Origin}
	for _, k := range s.Keys {
		signer, err := l.signer(ctx, s.Origin, k.Number)
		if err != nil {
			return out, err
		}
		if publicKey(signer) != k.Key {
			return out, fmt.Errorf("%w: key %d", errForeignKey, k.Number)
		}
		out.Keys = append(out.Keys, api.LogKey{Number: k.Number, Verifier: signer.Key.String(), InForce: !k.Retired})
	}
	return out, nil
}

// nextKey is the public key that a rotation brings in: the newest one in force
// when a rotation has begun already, so that a retry adds nothing.
func (l *ledger) nextKey(ctx context.Context) (string, error) {
	s, err := l.signingState(ctx)
	if err != nil {
		return "", err
	}
	if keys := s.InForce(); len(keys) > 1 {
		return keys[len(keys)-1].Key, nil
	}
	next, err := l.signer(ctx, s.Origin, int64(len(s.Keys))+1)
	if err != nil {
		return "", err
	}
	return publicKey(next), nil
}

func (c *keysShowCmd) Run(p *program) error {
	return c.call(p, "list-keys")
}

func (c *keysRotateCmd) Run(p *program) error {
	if err := c.call(p, "rotate-key"); err != nil {
		return err
	}
	fmt.Fprintln(p.stderr, "新旧两把密钥同时签名；把新公钥交给核查人之后，用 zhishu keys retire 停用旧的。 Both keys sign now; give the new one to whoever verifies, then retire the old one.")
	return nil
}

func (c *keysRetireCmd) Run(p *program) error {
	return c.call(p, "retire-key", "number="+strconv.FormatInt(c.Number, 10))
}

// call goes the way of zhishu do: through the running server when there is one.
func (t keysTarget) call(p *program, operation string, fields ...string) error {
	do := doCmd{Operation: operation, Fields: fields, As: "operator", Data: t.Data, JSON: t.JSON, backend: t.backend}
	return do.Run(p)
}

// logSigning is the name and keys of the log, as the API asks for them.
type logSigning struct{ l *ledger }

func (s logSigning) ID() domain.SigningID                          { return s.l.signing() }
func (s logSigning) Keys(ctx context.Context) (api.LogKeys, error) { return s.l.keys(ctx) }
func (s logSigning) NextKey(ctx context.Context) (string, error)   { return s.l.nextKey(ctx) }
