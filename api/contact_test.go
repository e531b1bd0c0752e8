package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"zhishu/api/figures"
)

// A changed name is told by the statement without the name, as of now and not
// as of before, and opened for those who may open an identity.
func TestAChangedNameIsToldWithoutTheName(t *testing.T) {
	c := newCity(t, nil)
	person := c.enrolled("李四")
	at := "/v1/persons/" + person
	before := ask[figures.Statement](c, at+"/statement")
	c.refused("nothing-changes", at+"/contact", `{"name":"李四"}`)
	c.refused("field-missing", at+"/contact", `{}`)
	c.mustPost(at+"/contact", `{"name":"李思","phone":"13900000001"}`)
	c.mustPost(at+"/contact", `{"phone":"13900000002"}`)
	c.mustPost(at+"/contact", `{"name":"李斯","phone":"13900000002"}`)

	told := c.fresh(at + "/statement")
	for _, secret := range []string{"李四", "李思", "李斯", "1390000000"} {
		if strings.Contains(told.body, secret) {
			t.Errorf("the statement tells %s", secret)
		}
	}
	changes := decode[figures.Statement](t, told).Changes
	want := [][2]string{{"变更了登记的姓名和电话。", "changed the recorded name and phone."},
		{"变更了登记的电话。", "changed the recorded phone."}, {"变更了登记的姓名。", "changed the recorded name."}}
	if len(changes) != len(want) {
		t.Fatalf("%+v", changes)
	}
	for i, w := range want {
		if s := changes[i]; !strings.HasSuffix(s.Zh, w[0]) || !strings.HasSuffix(s.En, w[1]) || s.At == "" {
			t.Errorf("%+v", s)
		}
	}
	if then := ask[figures.Statement](c, at+"/statement?asOf="+fmt.Sprint(before.LedgerSize)); len(then.Changes) != 0 {
		t.Errorf("as of before: %+v", then.Changes)
	}
	a := c.get(at+"/identity", "Zhishu-Account", "clerk")
	if id := decode[Identity](t, a); a.status != http.StatusOK || id.Name != "李斯" || id.Phone != "13900000002" {
		t.Errorf("%d %s", a.status, a.body)
	}
}
