package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"

	"zhishu/imports"
)

// throughServer hands the sheets to the server that has the ledger open.
func (c *importCmd) throughServer(p *program, address string) error {
	return c.each(p, func(name string, content []byte, reject *bytes.Buffer) (imports.Result, error) {
		result, err := c.post(p, address, name, content)
		if err == nil && result.Refused > 0 {
			err = c.fetchRejects(p, address, name, content, reject)
		}
		return result, err
	})
}

func (c *importCmd) query() url.Values {
	q := url.Values{}
	set := func(key, value string) {
		if value != "" {
			q.Set(key, value)
		}
	}
	flag := func(key string, on bool) {
		if on {
			q.Set(key, strconv.FormatBool(on))
		}
	}
	set("community", c.Community)
	set("issuer", c.Issuer)
	set("activity", c.Activity)
	set("attended", c.Attended)
	set("sheet", c.Sheet)
	set("encoding", c.Encoding)
	set("confirmer", c.Confirmer)
	set("consentBasis", c.ConsentBasis)
	set("reissueOf", c.ReissueOf)
	flag("roc", c.ROC)
	flag("unregistered", c.Unregistered)
	flag("enrol", c.Enrol)
	flag("separate", c.Separate)
	flag("update", c.Update)
	flag("dryRun", c.DryRun)
	for _, pair := range c.Columns {
		q.Add("columns", pair)
	}
	return q
}

func (c *importCmd) send(p *program, target, name string, content []byte) (*http.Response, error) {
	req, err := http.NewRequestWithContext(p.ctx, http.MethodPost, target+"?"+c.query().Encode(), bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	req.Header.Set("Zhishu-Account", c.Recorder)
	// A file's name may be a person's: it travels in a header, never in a URL.
	req.Header.Set("Zhishu-File-Name", url.PathEscape(filepath.Base(name)))
	return http.DefaultClient.Do(req)
}

func (c *importCmd) post(p *program, address, name string, content []byte) (imports.Result, error) {
	var result imports.Result
	resp, err := c.send(p, "http://"+address+"/v1/imports/"+c.Kind, name, content)
	if err != nil {
		return result, withHint(err, "the server went away: give the same command again, nothing is doubled")
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return result, problemOf(resp)
	}
	return result, json.NewDecoder(resp.Body).Decode(&result)
}

func (c *importCmd) fetchRejects(p *program, address, name string, content []byte, reject *bytes.Buffer) error {
	resp, err := c.send(p, "http://"+address+"/v1/imports/"+c.Kind+"/rejects", name, content)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return problemOf(resp)
	}
	_, err = reject.ReadFrom(resp.Body)
	return err
}
