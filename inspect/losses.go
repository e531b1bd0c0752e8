package inspect

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"zhishu/audit/proof"
	"zhishu/domain"
	"zhishu/domain/wire"
)

// Loss is a declared one: of the log as it was named until then, the facts from
// Kept up to Size are gone, and admitted to be.
type Loss struct {
	Origin string `json:"origin"`
	Kept   uint64 `json:"kept"` // facts that remained; the index of the one that declares it
	Size   uint64 `json:"size"` // of the last checkpoint known
	Root   string `json:"root"` // of that checkpoint, base64
	Next   string `json:"next"` // what the log is named since
}

// Text is the loss for people.
func (l Loss) Text() string {
	return fmt.Sprintf("账本声明过丢失：%s 的第 %d 至 %d 条事实已不在，此后账本名为 %s。 A loss was declared: facts %d to %d of %s are gone; since then the log is named %s.\n",
		l.Origin, l.Kept+1, l.Size, l.Next, l.Kept, l.Size-1, l.Origin, l.Next)
}

func (l Loss) String() string {
	return fmt.Sprintf("facts %d to %d of %s are gone, and admitted to be; the log is named %s since", l.Kept, l.Size-1, l.Origin, l.Next)
}

// loss is one as it is compared with.
type loss struct {
	last proof.Checkpoint
	kept uint64
}

// naming is what the facts say of the log's name. There is one stream of it in a
// ledger, and it goes with every bundle.
type naming struct {
	decoder wire.Decoder
	stream  string
	state   domain.Signing
	losses  []loss
	bad     error // the first fact that cannot be
}

const namingPrefix = domain.SigningCategory + "-"

// take folds a fact in.
func (n *naming) take(f *fact) {
	if n.bad == nil {
		n.bad = n.fold(f)
	}
}

func (n *naming) fold(f *fact) error {
	if n.stream != "" && n.stream != f.frame.Stream {
		return wrongAt(f.index, "a second stream says how the log is named: %.80s beside %.80s", f.frame.Stream, n.stream)
	}
	n.stream = f.frame.Stream
	ref, ok := domain.ParseStream(f.frame.Stream)
	if !ok {
		return wrongAt(f.index, "its stream is none")
	}
	m, version, err := n.decoder.DecodeMeta(f.frame.Metadata)
	if err != nil {
		return wrongAt(f.index, "it is malformed: %v", err)
	}
	e, err := n.decoder.Decode(ref, f.frame.Type, version, f.frame.Data)
	if err != nil {
		return wrongAt(f.index, "it is malformed: %v", err)
	}
	if _, begins := e.(*domain.SigningBegun); begins != (f.frame.Revision == 0) {
		return wrongAt(f.index, "a log is given its first name once, and before all else")
	}
	if e, ok := e.(*domain.LossDeclared); ok {
		if err := n.declare(f.index, e); err != nil {
			return err
		}
	}
	n.state.Evolve(e, m)
	return nil
}

// declare holds a declaration against the rules of one. It stands where what
// remained ends: whoever could declare facts lost that stand before it might
// excuse with it that they were changed.
func (n *naming) declare(index uint64, e *domain.LossDeclared) error {
	root, err := hex.DecodeString(e.LastRoot)
	switch {
	case err != nil || len(root) != len(proof.Hash{}):
		return wrongAt(index, "a loss is declared without a root")
	case e.Kept < 0 || uint64(e.Kept) != index:
		return wrongAt(index, "it says that %d facts remained", e.Kept)
	case e.LastOrigin != n.state.Origin || e.LastSize <= e.Kept:
		return wrongAt(index, "it declares as lost what the log %s did not have", n.state.Origin)
	case e.Origin != n.state.First+"/"+strconv.Itoa(len(n.losses)+2):
		return wrongAt(index, "it gives the log a name that does not follow: %.80q", e.Origin)
	}
	n.losses = append(n.losses, loss{proof.Checkpoint{Origin: e.LastOrigin, Size: uint64(e.LastSize), Root: proof.Hash(root)}, uint64(e.Kept)})
	return nil
}

// declared lists the losses for people.
func (n *naming) declared() (all []Loss) {
	for i, l := range n.losses {
		next := n.state.Origin
		if i+1 < len(n.losses) {
			next = n.losses[i+1].last.Origin
		}
		all = append(all, Loss{l.last.Origin, l.kept, l.last.Size, base64.StdEncoding.EncodeToString(l.last.Root[:]), next})
	}
	return all
}

// lossOf is how an earlier name ended.
func (n *naming) lossOf(origin string) (loss, bool) {
	i := slices.IndexFunc(n.losses, func(l loss) bool { return l.last.Origin == origin })
	if i < 0 {
		return loss{}, false
	}
	return n.losses[i], true
}

// gone: the checkpoint is of facts that were declared lost.
func (n *naming) gone(k proof.Checkpoint) bool {
	l, ok := n.lossOf(k.Origin)
	return ok && k.Size > l.kept && (k.Size < l.last.Size || k.Size == l.last.Size && k.Root == l.last.Root)
}

// later: it is a name that the log takes when a loss is declared after the cut.
func (n *naming) later(origin string) bool {
	number, ok := strings.CutPrefix(origin, n.state.First+"/")
	i, err := strconv.Atoi(number)
	return ok && err == nil && strconv.Itoa(i) == number && i > len(n.losses)+1
}

// named: the checkpoint is of the log that the facts name.
func (v *verification) named() (string, error) {
	n := &v.tree.naming
	v.report.Losses = n.declared()
	switch {
	case n.bad != nil:
		return "", n.bad
	case n.stream == "":
		return "", wrong("no fact says how the log is named")
	case n.state.Origin != v.cut.Origin:
		return "", wrong("its checkpoint is of %s, and its facts name the log %s", v.cut.Origin, n.state.Origin)
	}
	return n.state.Origin, nil
}

// lost: what was declared lost is missing for ever, so no bundle that tells of it
// is sound.
func (v *verification) lost() (string, error) {
	var said []string
	for _, l := range v.report.Losses {
		said = append(said, l.String())
	}
	if len(said) > 0 {
		return "", missing("%s", strings.Join(said, "; "))
	}
	return "", nil
}

// known holds the checkpoints kept from before against this history, under the
// name it has and those it had. Of what cannot be told apart it says so: a bundle
// that ends before a checkpoint that was kept is an older one, or of a log that
// was rolled back. What is wrong goes before what is missing.
func (v *verification) known() (string, error) {
	var open error
	for _, k := range v.o.Known {
		err := v.agrees(k)
		var f *fault
		switch {
		case errors.As(err, &f) && f.missing:
			open = cmp.Or(open, err)
		case err != nil:
			return "", err
		}
	}
	return fmt.Sprintf("%d kept, %d of the bundle", len(v.o.Known), len(v.heads)), open
}

func (v *verification) agrees(k proof.Checkpoint) error {
	n := &v.tree.naming
	_, before := n.lossOf(k.Origin)
	switch root, ok := v.tree.rootAt[k.Size]; {
	case n.later(k.Origin):
		return missing("a checkpoint of %s was kept, a name that this log takes when a loss is declared, and the bundle is of %s: "+
			"it ends before that. Ask for a bundle at least as new as the checkpoint", k.Origin, v.cut.Origin)
	case k.Origin != v.cut.Origin && !before:
		return wrong("the checkpoint kept is of another log, %s", k.Origin)
	case n.gone(k):
		return nil
	case k.Size > v.cut.Size && before:
		return wrong("a checkpoint of %s at size %d was kept, which is not among what was declared lost", k.Origin, k.Size)
	case k.Size > v.cut.Size:
		return missing("a checkpoint of size %d was kept, and the bundle ends before it, at %d: it is older, or the log was rolled back. "+
			"Ask for a bundle at least as new; a log that cannot give one was rolled back", k.Size, v.cut.Size)
	case !ok:
		return wrong("there is no root at size %d", k.Size)
	case root != k.Root:
		return wrong("at size %d the history had another root: it was rewritten after that checkpoint", k.Size)
	}
	return nil
}
