package imports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhishu/domain"
	"zhishu/eventstore/embedded"
)

// planted are strings that must stand nowhere but, sealed, in the log.
var planted = []string{"钟离植入", "13899887766", "11010519491231002X", "机密名单", "密标题", "私房备注", "K7777K", "何必"}

func plantedSheets() map[domain.ImportKind][]string {
	head := ",密标题,,,\n"
	return map[domain.ImportKind][]string{
		domain.ImportService: {"密标题,,,,,,\n姓名,身份证号,联系电话,志愿者编号,服务日期,活动名称,服务时长(分钟),备注\n" +
			"钟离植入,11010519491231002X,13899887766,K7777K,2026-01-05,清洁,60,私房备注\n" +
			"钟离植入,,,,2026-01-05,清洁,60,私房备注\n钟离植入,11010519491231002X,13899887766,K7777K,私房备注,清洁,13899887766,何必\n" +
			"何必,11010519491231002X,13899887766,K7777K,2026-01-06,清洁,60,私房备注\n"},
		domain.ImportPeople: {"密标题,,,,,,\n姓名,身份证号,联系电话,编号,住址,监护人,监护人电话,出生日期,户号\n" +
			"钟离植入,11010519491231002X,13899887766,K7777K,机密名单,,,,私房备注\n何必,,13899887766,,私房备注,,,\n何必,,,K7778K,私房备注,钟离植入,13899887766,2019-01-01\n" +
			"何必,,,K7779K,私房备注,钟离植入,13899887700,2019-01-01\n,,13899887766,,,,,\n"},
		domain.ImportDonations: {
			head + "序号,捐赠日期,捐赠人,捐赠金额,备注\n1,2026-01-05,钟离植入,5.00,私房备注\n2,2026-01-05,何必,13899887766K7777K,私房备注\n3,机密名单,钟离植入,5.00,\n",
			head + "序号,捐赠日期,捐赠人,捐赠金额,备注\n1,2026-01-05,钟离植入,5.00,私房备注\n2,2026-01-06,何必,7.00,\n"},
	}
}

func TestNoPersonalValueLeavesItsSeal(t *testing.T) {
	dir := t.TempDir()
	if err := embedded.Create(dir+"/log", 0); err != nil {
		t.Fatal(err)
	}
	log, err := embedded.Open(dir+"/log", embedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug})))
	defer slog.SetDefault(before)

	l := ledgerOn(t, log, dir)
	l.do(l.recorder, &domain.RegisterCommunity{Code: here, Name: "示例社区", From: domain.MinDay})
	var told []string
	for kind, texts := range plantedSheets() {
		for _, text := range texts {
			for _, dry := range []bool{false, true} {
				j := l.job(kind, "机密名单.csv", text)
				j.DryRun = dry
				res, err := l.run(j)
				res.Sheet.Preview = nil // the clerk's own sheet, shown to the clerk on a dry run
				answer, failure := json.Marshal(res)
				if failure != nil {
					t.Fatal(failure)
				}
				told = append(told, string(answer), fmt.Sprintf("%+v %v %#v", res, err, err))
			}
		}
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	told = append(told, logged.String())
	for _, secret := range planted {
		for _, text := range told {
			if strings.Contains(text, secret) {
				t.Errorf("%s stands in %.300s", secret, text)
			}
		}
	}
	noFileHolds(t, dir, planted)
}

// noFileHolds looks at every file of the data directory but the vault's.
func noFileHolds(t *testing.T, dir string, secrets []string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && d.Name() == "vault" {
				return fs.SkipDir
			}
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for _, secret := range secrets {
			if bytes.Contains(content, []byte(secret)) || strings.Contains(path, secret) {
				t.Errorf("%s stands in %s", secret, path)
			}
		}
		return nil
	})
	if err != nil || files == 0 {
		t.Fatalf("%d files, %v", files, err)
	}
}

func TestDryRunWritesNothing(t *testing.T) {
	t.Parallel()
	for _, s := range scenarios {
		l, j := s.prepare(t)
		size := l.size()
		before, err := l.vault.Stats(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		j.DryRun = true
		foretold := l.mustRun(j)
		after, err := l.vault.Stats(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if foretold.Status != DryRun || len(foretold.Sheet.Preview) == 0 || foretold.Added == 0 {
			t.Errorf("%s: %+v", s.name, foretold)
		}
		if l.size() != size || before != after {
			t.Errorf("%s: %d events and %+v became %d and %+v", s.name, size, before, l.size(), after)
		}
		j.DryRun = false
		if done := l.mustRun(j); figures(done) != figures(foretold) || done.Added != foretold.Added || done.Enrolled != foretold.Enrolled {
			t.Errorf("%s: foretold %s, done %s", s.name, figures(foretold), figures(done))
		}
	}
}
