package ascode

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// People is what a publish would do with everybody inside, as the server counts them.
type People struct {
	Stay    int `json:"stay"`
	Migrate int `json:"migrate"`
	Exit    int `json:"exit"`
	// AtOnce is how many would go on the moment they are moved, Spread the pace that keeps them
	// from doing so together.
	AtOnce int `json:"at_once"`
	// AtResume is how many go on when the workflow, which is paused, is resumed.
	AtResume int    `json:"at_resume,omitempty"`
	Spread   string `json:"spread,omitempty"`
	// Unknown says why the server did not count.
	Unknown string `json:"unknown,omitempty"`
}

// String says it in a sentence.
func (p *People) String() string {
	if p.Unknown != "" {
		return "what happens to the people inside is not known: " + p.Unknown
	}
	text := fmt.Sprintf("%d stay in their version, %d are moved, %d leave", p.Stay, p.Migrate, p.Exit)
	switch {
	case p.AtResume > 0:
		return fmt.Sprintf("%s; the workflow is paused, and %d go on when it is resumed", text, p.AtResume)
	case p.AtOnce > 0 && p.Spread != "":
		return fmt.Sprintf("%s; %d would go on at once, and do so at %s", text, p.AtOnce, p.Spread)
	case p.AtOnce > 0:
		return fmt.Sprintf("%s; %d go on at once", text, p.AtOnce)
	}
	return text
}

// plan is the plan beside a definition, or the one without words.
func (f *File) plan() *Plan {
	if f.Plan == nil {
		return &Plan{}
	}
	return f.Plan
}

// foresee asks the server what publishing the file would do with the people inside. A publish that
// would be refused, because nobody said at which pace many people are to go on, is an error.
func (row *Applied) foresee(ctx context.Context, c *Client) error {
	published := row.Version
	row.Publish, row.Version = wordPublished, row.Version+1
	if published == 0 {
		return nil
	}
	body, err := json.Marshal(struct {
		*Plan
		Definition map[string]any `json:"definition"`
	}{row.file.plan(), row.file.Def.Raw})
	if err != nil {
		return fmt.Errorf("write plan: %w", err)
	}
	var answer struct {
		InFlight People `json:"in_flight"`
		Leaving  *struct {
			Count    int     `json:"count"`
			Decide   bool    `json:"decide"`
			Spread   *string `json:"spread"`
			AtResume int     `json:"at_resume"`
		} `json:"leaving"`
	}
	err = c.do(ctx, call{method: "POST", path: workflowPath(row.Key, "/publish?dry_run=true"), kind: typeJSON, body: body, out: &answer})
	if refused, is := errors.AsType[*RefusedError](err); is && refused.Status == http.StatusForbidden {
		row.People = &People{Unknown: refused.Error()}
		return nil
	}
	if err != nil {
		return err
	}
	row.People = &answer.InFlight
	if answer.Leaving == nil {
		return nil
	}
	row.People.AtOnce, row.People.AtResume = answer.Leaving.Count, answer.Leaving.AtResume
	if answer.Leaving.Decide {
		return fmt.Errorf("%d people would go on at once; say at which pace in %s%s, with spread: 100/1h, or spread: none", answer.Leaving.Count, row.Key, planSuffix)
	}
	if answer.Leaving.Spread != nil {
		row.People.Spread = *answer.Leaving.Spread
	}
	return nil
}
