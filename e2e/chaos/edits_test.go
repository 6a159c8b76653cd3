package chaos_test

import (
	"fmt"
	"strings"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/definition"
)

// weeks are the passages of TestThreeWeeks and what is changed about them on the way.
type weeks struct {
	*stage
	n, days       int
	releases      int
	build         func(i int) (string, error)       // of release i, see buildReleases
	first, edited map[string]*definition.Definition // what everybody ran at first, and runs since the move
	since         int                               // the days that had passed at the move
	machine       int                               // the newest version of the machine, and that of the move
	movedBy       int
	kills         map[string]int
}

// change brings what is to come in the night after a day: releases at equal distances from the first
// night on; after a third of the time the edit that moves everybody, after two the one that moves nobody.
func (w *weeks) change(today int) {
	w.Helper()
	if done := w.machine - 1; done < w.releases && today == done*w.days/w.releases {
		build, err := w.build(done)
		require.NoError(w, err)
		w.machine++
		w.release(build, w.machine)
		w.kills["replaced by a release"]++
	}
	switch today {
	case w.days / 3:
		w.edited, w.since, w.movedBy = w.edit("edited", "migrate"), today, w.machine
		w.kills["edits that move everybody"]++
	case 2 * w.days / 3:
		w.edit("never", "stay")
		w.kills["edits for newcomers"]++
	}
}

// edit publishes both workflows with another text, and with a step behind the wait that counts in a
// field, and waits until those who are moved by it are there.
func (w *weeks) edit(field, inFlight string) map[string]*definition.Definition {
	w.Helper()
	definitions := map[string]*definition.Definition{}
	for name, next := range map[string]string{"weeks": "next: after}\n", "days": "next: over}\n"} {
		text := w.source(name)
		require.Equal(w, 1, strings.Count(text, next))
		text = strings.Replace(text, next, fmt.Sprintf("next: more}\n  more: {type: field_set, with: {field: %s, increment: 1}, %s", field, next), 1)
		text = strings.Replace(text, `subject: "Three weeks"`, fmt.Sprintf("subject: %q", subjectOf(field)), 1)
		def, problems := definition.Parse([]byte(text), true)
		require.NotNil(w, def, problems)
		definitions[def.Key] = def
		w.api.Must("PUT", "/v1/workflows/"+def.Key, text)
		answer := w.api.Must("POST", "/v1/workflows/"+def.Key+"/publish", map[string]any{"in_flight": inFlight, "rate": "1000/1s", "spread": "none"})
		if inFlight == "migrate" {
			w.await(func() bool { return w.jobEnded(answer["job"]) }, "the job has sent everybody")
		}
	}
	w.await(func() bool {
		return w.count("SELECT count(*) FROM enrollments WHERE active AND move_id <> ''") == 0 &&
			w.count("SELECT count(*) FROM enrollments WHERE status = 'waiting'") == w.n
	}, "everybody has arrived, and waits")
	return definitions
}

func subjectOf(field string) string { return "Three weeks, " + field }

// editions checks that everybody went over to the edited version and the machine of that time, and
// to no other, and got the mail of that version.
func (a *audit) editions(w *weeks) {
	a.each("SELECT id, version, interpreter FROM enrollments", func(scan scanner) {
		var id string
		var version, machine int
		scan(&id, &version, &machine)
		if version != 2 || machine != w.movedBy {
			a.wrong(path, "enrollment %s ended in version %d on machine %d, not in version 2 on machine %d", id, version, machine, w.movedBy)
		}
		a.checks["passages in the edited version"]++
	})
	for _, m := range a.smtp.Mails() {
		if m.Subject != subjectOf("edited") {
			a.wrong(path, "a mail of another version arrived: %s", m.Subject)
		}
	}
	for _, e := range a.enrollments {
		moved := 0
		for _, step := range e.steps {
			if step.moved {
				moved++
			}
		}
		if moved != 1 {
			a.wrong(path, "enrollment %s was carried on %d times by another version", e.id, moved)
		}
	}
}
