package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/figures"
	"fermata/interpreter/definition"
	"fermata/store"
)

const (
	// figuresWork is how long counting may take.
	figuresWork = 15 * time.Second
	// figuresDays is the range where none is asked for, figuresMost the longest one.
	figuresDays = 30
	figuresMost = 1100
	figuresCSV  = "text/csv"
)

// GetAnalytics answers the figures of one workflow, as CSV when asked.
func (s *server) GetAnalytics(c *gin.Context, key string, params gen.GetAnalyticsParams) {
	asCSV := strings.Contains(c.GetHeader("Accept"), figuresCSV) && c.NegotiateFormat("application/json", figuresCSV) == figuresCSV
	if params.Format != nil {
		asCSV = *params.Format == gen.GetAnalyticsParamsFormatCsv
	}
	var found *figures.Analytics
	err := s.readFigures(c, func(tx *store.Tx, account *store.Account) (err error) {
		found, err = s.analytics(tx, account, key, params)
		return err
	})
	if err != nil {
		s.fail(c, err)
		return
	}
	if !asCSV {
		s.send(c, ok(found))
		return
	}
	raw, err := analyticsCSV(found)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.Header("Content-Disposition", `attachment; filename="`+key+`-figures.csv"`)
	c.Data(http.StatusOK, figuresCSV+"; charset=utf-8", raw)
}

// readFigures runs fn on one moment of the store, without locks.
func (s *server) readFigures(c *gin.Context, fn func(tx *store.Tx, account *store.Account) error) error {
	ctx, cancel := context.WithTimeout(c.Request.Context(), figuresWork)
	defer cancel()
	return s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		account, err := accountOf(tx)
		if err != nil {
			return err
		}
		return fn(tx, account)
	})
}

// accountOf is the account, an empty one where nobody has set anything.
func accountOf(tx *store.Tx) (*store.Account, error) {
	account, err := tx.Account()
	if errors.Is(err, store.ErrNotFound) {
		return &store.Account{}, nil
	}
	return account, err
}

func (s *server) analytics(tx *store.Tx, account *store.Account, key string, params gen.GetAnalyticsParams) (*figures.Analytics, error) {
	w, err := tx.Workflow(key)
	if err != nil {
		return nil, err
	}
	zone := zoneOf(account)
	from, to, err := s.figuresRange(params.From, params.To, zone)
	if err != nil {
		return nil, err
	}
	load := func(version int) (*definition.Definition, error) { return s.versionContent(tx, key, version) }
	version := or(params.Version, 0)
	number := w.Version
	shown, err := load(number)
	if version > 0 && err == nil {
		if shown, err = load(version); err == nil && shown == nil {
			return nil, invalid("?version", "there is no such version", "")
		}
		number = version
	}
	if err != nil {
		return nil, err
	}
	q := figures.Query{
		Version: version, From: from, To: to, Zone: zone, Title: figures.Titles(shown), Definition: load,
		HourlyCost: account.HourlyCost, Goals: events.Goals(s.Definitions), Shown: number, Now: s.now(),
	}
	if shown != nil {
		q.Nodes = shown.Nodes
	}
	a, err := figures.Read(tx, key, q)
	if err != nil {
		return nil, err
	}
	a.Currency = account.Currency
	return a, nil
}

// versionContent is the compiled content of a version, nil when there is none.
func (s *server) versionContent(tx *store.Tx, workflow string, version int) (*definition.Definition, error) {
	if version == 0 {
		return nil, nil
	}
	v, err := tx.Version(workflow, version)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return s.Definitions.Load(tx, v.Hash)
}

// zoneOf is the zone in which the account counts days.
func zoneOf(account *store.Account) *time.Location {
	if account.Timezone == "" || account.Timezone == "Local" {
		return time.UTC
	}
	zone, err := time.LoadLocation(account.Timezone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// figuresRange reads from and to: an instant, or a date that stands for its first instant in the
// account's zone. Without them it is the last 30 days, today included, until now.
func (s *server) figuresRange(fromText, toText *string, zone *time.Location) (from, to time.Time, err error) {
	to = s.now()
	if toText != nil {
		if to, err = instantOrDate("?to", *toText, zone); err != nil {
			return from, to, err
		}
	}
	from = figures.Midnight(to.Add(-time.Microsecond), 1-figuresDays, zone)
	if fromText != nil {
		if from, err = instantOrDate("?from", *fromText, zone); err != nil {
			return from, to, err
		}
	}
	switch {
	case !from.Before(to):
		return from, to, invalid("?from", "must be before to", "from is part of the range, to is not")
	case to.Sub(from) > figuresMost*24*time.Hour:
		return from, to, invalid("?from", "lies too far back", "ask for 1100 days at most")
	}
	return from.UTC(), to.UTC(), nil
}

func instantOrDate(pointer, text string, zone *time.Location) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.Truncate(time.Microsecond), nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, invalid(pointer, "is neither an instant nor a date", "2026-03-01T00:00:00Z, or 2026-03-01 for the start of that day")
	}
	y, m, d := day.Date()
	return figures.Midnight(time.Date(y, m, d, 12, 0, 0, 0, zone), 0, zone), nil
}

// GetOverview answers the health of all workflows that are not archived.
func (s *server) GetOverview(c *gin.Context, params gen.GetOverviewParams) {
	var found *figures.Overview
	err := s.readFigures(c, func(tx *store.Tx, account *store.Account) error {
		zone := zoneOf(account)
		from, to, err := s.figuresRange(params.From, params.To, zone)
		if err != nil {
			return err
		}
		workflows, err := tx.LiveWorkflows()
		if err != nil {
			return err
		}
		found, err = figures.ReadOverview(tx, figures.OverviewQuery{
			From: from, To: to, Zone: zone, HourlyCost: account.HourlyCost, Workflows: workflows,
			Definition: func(key string, version int) (*definition.Definition, error) {
				return s.versionContent(tx, key, version)
			},
			Goals: events.Goals(s.Definitions), Now: s.now(),
		})
		if found != nil {
			found.Currency = account.Currency
		}
		return err
	})
	if err != nil {
		s.fail(c, err)
		return
	}
	s.send(c, ok(found))
}
