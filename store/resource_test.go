package store_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
)

func inUse(t *testing.T, s *store.Store, remove func(tx *store.Tx) error, want string) {
	t.Helper()
	var err *store.InUseError
	require.ErrorAs(t, s.Write(t.Context(), remove), &err)
	require.Equal(t, []string{want}, err.Users)
	require.ErrorContains(t, err, want)
}

func TestAccountAndMeta(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		write(t, s, func(tx *store.Tx) {
			_, err := tx.Account()
			require.ErrorIs(t, err, store.ErrNotFound)
			for _, name := range []string{"first", "second"} {
				a := &store.Account{
					Name: name, Timezone: "UTC", Currency: "USD", HourlyCost: 12.5, DefaultConsent: "none", MailFrom: "a@example.com",
					FrequencyCap: store.JSON(`"3/7d"`),
				}
				require.NoError(t, tx.SaveAccount(a))
				got, err := tx.Account()
				require.NoError(t, err)
				require.Equal(t, a, got)
			}
			for _, want := range []int{0, 1, 2, 0} {
				n, err := tx.NextRoundRobin("k", 3)
				require.NoError(t, err)
				require.Equal(t, want, n)
			}
			require.NoError(t, tx.AnnounceWorker("w1", 1, 0))
			require.NoError(t, tx.AnnounceWorker("w1", 2, store.LevelMoves))
			require.NoError(t, tx.AnnounceWorker("w2", 1, store.LevelMoves))
			require.NoError(t, tx.RetireWorker("w2"))
			live, err := tx.LiveWorkers(time.Now().Add(-time.Minute))
			require.NoError(t, err)
			require.Len(t, live, 1)
			require.Equal(t, 2, live[0].Version)
			live, err = tx.LiveWorkers(time.Now().Add(time.Minute))
			require.NoError(t, err)
			require.Empty(t, live)
		})
	})
}

func TestAPIKeysAndAudit(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		write(t, s, func(tx *store.Tx) {
			k := &store.APIKey{Name: "ci", Person: "ann", Prefix: "fk_1", Hash: []byte{0, 1, 255}, Scopes: []string{"events", "viewer"}, CreatedAt: kept, ExpiresAt: &kept}
			require.NoError(t, tx.CreateAPIKey(k))
			require.ErrorIs(t, tx.CreateAPIKey(&store.APIKey{Hash: []byte{0, 1, 255}}), store.ErrConflict)
			require.NoError(t, tx.TouchAPIKey(k.ID, at))
			require.NoError(t, tx.RevokeAPIKey(k.ID, at))
			require.NoError(t, tx.RevokeAPIKey(k.ID, at.Add(time.Hour)))
			require.ErrorIs(t, tx.RevokeAPIKey("key_none", at), store.ErrNotFound)
			k.LastUsedAt, k.RevokedAt = &kept, &kept
			got, err := tx.APIKeyByHash([]byte{0, 1, 255})
			require.NoError(t, err)
			require.Equal(t, k, got)
			got, err = tx.APIKey(k.ID)
			require.NoError(t, err)
			require.Equal(t, k, got)
			_, err = tx.APIKeyByHash([]byte{1})
			require.ErrorIs(t, err, store.ErrNotFound)
			keys, _, err := tx.ListAPIKeys(store.Page{})
			require.NoError(t, err)
			require.Len(t, keys, 1)

			require.NoError(t, tx.AddAudit(&store.Audit{Person: "ann", KeyID: k.ID, Action: "publish", Subject: "workflow w", Detail: store.JSON(`{"n": 1}`)}))
			require.NoError(t, tx.AddAudit(&store.Audit{At: kept, Person: "bob", Action: "pause", Subject: "workflow v"}))
			rows, _, err := tx.ListAudit("", store.Page{})
			require.NoError(t, err)
			require.Equal(t, []string{"bob", "ann"}, []string{rows[0].Person, rows[1].Person})
			require.Equal(t, kept, rows[0].At)
			rows, _, err = tx.ListAudit("workflow w", store.Page{})
			require.NoError(t, err)
			require.Len(t, rows, 1)
		})
	})
}

func TestTagsKeepTheFirstSpelling(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		c := newContact(t, s)
		write(t, s, func(tx *store.Tx) {
			added, spelled, err := tx.AddContactTag(c.ID, " VIP Kunde ")
			require.NoError(t, err)
			require.True(t, added)
			require.Equal(t, "VIP Kunde", spelled)
			added, spelled, err = tx.AddContactTag(c.ID, "vip kunde")
			require.NoError(t, err)
			require.False(t, added)
			require.Equal(t, "VIP Kunde", spelled)
			_, _, err = tx.AddContactTag(c.ID, "alpha")
			require.NoError(t, err)
			tags, err := tx.ContactTags(c.ID)
			require.NoError(t, err)
			require.Equal(t, []string{"alpha", "VIP Kunde"}, tags)
			byContact, err := tx.TagsOfContacts([]string{c.ID, "con_none"})
			require.NoError(t, err)
			require.Equal(t, map[string][]string{c.ID: tags}, byContact)
			n, err := tx.CountContactTags(c.ID)
			require.NoError(t, err)
			require.Equal(t, 2, n)
			has, err := tx.HasContactTag(c.ID, "VIP KUNDE")
			require.NoError(t, err)
			require.True(t, has)
			require.ErrorIs(t, tx.CreateTag(&store.Tag{Name: "ALPHA"}), store.ErrConflict)
			require.NoError(t, tx.CreateTag(&store.Tag{Name: "Beta"}))
		})
		inUse(t, s, func(tx *store.Tx) error { return tx.DeleteTag("Alpha") }, "contact "+c.ID)
		write(t, s, func(tx *store.Tx) {
			removed, spelled, err := tx.RemoveContactTag(c.ID, "ALPHA")
			require.NoError(t, err)
			require.True(t, removed)
			require.Equal(t, "alpha", spelled)
			for _, name := range []string{"alpha", "never"} {
				removed, _, err = tx.RemoveContactTag(c.ID, name)
				require.NoError(t, err)
				require.False(t, removed)
			}
			require.NoError(t, tx.DeleteTag("Alpha"))
			require.ErrorIs(t, tx.DeleteTag("alpha"), store.ErrNotFound)
			tags, _, err := tx.ListTags(store.Page{})
			require.NoError(t, err)
			require.Len(t, tags, 2)
			require.Equal(t, "Beta", tags[0].Name)
		})
		err := s.Write(t.Context(), func(tx *store.Tx) error { return second3(tx.AddContactTag("con_none", "beta")) })
		require.ErrorIs(t, err, store.ErrNotFound)
	})
}

func second3[A, B any](_ A, _ B, err error) error { return err }

func TestFieldsAndSegments(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		key := `odd"key.x`
		c := &store.Contact{ID: "con_1", Fields: store.JSON(`{"odd\"key.x":null}`)}
		write(t, s, func(tx *store.Tx) {
			require.NoError(t, tx.CreateContact(c))
			require.NoError(t, tx.CreateField(&store.Field{Key: key, Type: "text"}))
			f, err := tx.EnsureField(key, "number")
			require.NoError(t, err)
			require.Equal(t, "text", f.Type)
			f, err = tx.EnsureField("age", "number")
			require.NoError(t, err)
			require.Equal(t, "number", f.Type)
			require.NoError(t, tx.UpdateField(&store.Field{Key: "age", Type: "text"}))
			fields, _, err := tx.ListFields(store.Page{})
			require.NoError(t, err)
			require.Len(t, fields, 2)
			require.Equal(t, "text", fields[0].Type)
			require.NoError(t, tx.DeleteField("age"))

			require.NoError(t, tx.CreateSegment(&store.Segment{Key: "s", Name: "S", Filter: store.JSON(`{"tag": "x"}`), CreatedAt: kept}))
			require.ErrorIs(t, tx.CreateSegment(&store.Segment{Key: "s"}), store.ErrConflict)
			require.NoError(t, tx.UpdateSegment(&store.Segment{Key: "s", Name: "T", Filter: store.JSON(`{"tag": "y"}`)}))
			got, err := tx.Segment("s")
			require.NoError(t, err)
			require.Equal(t, "T", got.Name)
			require.Equal(t, kept, got.CreatedAt)
			require.JSONEq(t, `{"tag":"y"}`, string(got.Filter))
			require.NoError(t, tx.DeleteSegment("s"))
		})
		inUse(t, s, func(tx *store.Tx) error { return tx.DeleteField(key) }, "contact con_1")
	})
}

func TestPipelinesAndDeals(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		c := newContact(t, s)
		stages := []store.Stage{{Key: "new", Name: "New", Kind: "open"}, {Key: "won", Name: "Won", Kind: "won"}}
		deal := &store.Deal{
			ID: "deal_1", Title: "T", Pipeline: "p", Stage: "new", Status: "open", Value: ptr(99.95), Currency: "EUR", Owner: "o",
			ContactID: c.ID, CreatedAt: kept,
		}
		write(t, s, func(tx *store.Tx) {
			require.NoError(t, tx.CreatePipeline(&store.Pipeline{Key: "p", Name: "P", Stages: stages}))
			require.NoError(t, tx.CreatePipeline(&store.Pipeline{Key: "q", Name: "Q", Stages: stages}))
			p, err := tx.Pipeline("p")
			require.NoError(t, err)
			require.Equal(t, stages, p.Stages)
			require.NoError(t, tx.CreateDeal(deal))
			require.NoError(t, tx.CreateDeal(&store.Deal{ID: "deal_2", Pipeline: "p", Stage: "won", Status: "won", ContactID: c.ID}))
			require.NoError(t, tx.CreateDeal(&store.Deal{ID: "deal_3", Pipeline: "q", Stage: "new", Status: "open", ContactID: c.ID}))
			got, err := tx.Deal("deal_1")
			require.NoError(t, err)
			deal.UpdatedAt = got.UpdatedAt
			require.Equal(t, deal, got)
			deals, err := tx.DealsOfContact(c.ID, "p")
			require.NoError(t, err)
			require.Equal(t, []string{"deal_2", "deal_1"}, []string{deals[0].ID, deals[1].ID})
			require.Nil(t, deals[0].Value)
			deals, err = tx.DealsOfContact(c.ID, "")
			require.NoError(t, err)
			require.Len(t, deals, 3)
			got.Stage, got.Status, got.Value = "won", "won", nil
			require.NoError(t, tx.UpdateDeal(got))
			list, _, err := tx.ListDeals(store.DealFilter{Contact: c.ID, Pipeline: "p", Stage: "won", Status: "won", Owner: "o"}, store.Page{})
			require.NoError(t, err)
			require.Len(t, list, 1)
			require.Nil(t, list[0].Value)
			require.NoError(t, tx.DeleteDeal("deal_2"))
		})
		inUse(t, s, func(tx *store.Tx) error { return tx.DeletePipeline("q") }, "deal deal_3")
		inUse(t, s, func(tx *store.Tx) error {
			return tx.UpdatePipeline(&store.Pipeline{Key: "q", Stages: stages[1:]})
		}, "deal deal_3")
		write(t, s, func(tx *store.Tx) {
			require.NoError(t, tx.UpdatePipeline(&store.Pipeline{Key: "q", Name: "Q2", Stages: stages}))
			require.NoError(t, tx.DeleteDeal("deal_3"))
			require.NoError(t, tx.DeletePipeline("q"))
		})
		for _, d := range []store.Deal{{Pipeline: "none", ContactID: c.ID}, {Pipeline: "p", ContactID: "con_none"}} {
			err := s.Write(t.Context(), func(tx *store.Tx) error { return tx.CreateDeal(&d) })
			require.ErrorIs(t, err, store.ErrNotFound)
		}
	})
}

func TestCourses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		c := newContact(t, s)
		write(t, s, func(tx *store.Tx) {
			require.NoError(t, tx.CreateCourse(&store.Course{Key: "go", Name: "Go"}))
			course, err := tx.EnsureCourse("go", "other")
			require.NoError(t, err)
			require.Equal(t, "Go", course.Name)
			require.NoError(t, tx.UpdateCourse(&store.Course{Key: "go", Name: "Go 2"}))
			require.NoError(t, tx.SetContactCourse(&store.ContactCourse{ContactID: c.ID, Course: "go", Status: "enrolled", CreatedAt: kept}))
			require.NoError(t, tx.SetContactCourse(&store.ContactCourse{ContactID: c.ID, Course: "go", Status: "completed", Progress: 100}))
			cc, err := tx.ContactCourse(c.ID, "go")
			require.NoError(t, err)
			require.Equal(t, "completed", cc.Status)
			require.InDelta(t, 100, cc.Progress, 0)
			require.Equal(t, kept, cc.CreatedAt)
			_, err = tx.ContactCourse(c.ID, "rust")
			require.ErrorIs(t, err, store.ErrNotFound)
			list, err := tx.ContactCourses(c.ID)
			require.NoError(t, err)
			require.Len(t, list, 1)
		})
		inUse(t, s, func(tx *store.Tx) error { return tx.DeleteCourse("go") }, "contact "+c.ID)
		err := s.Write(t.Context(), func(tx *store.Tx) error {
			return tx.SetContactCourse(&store.ContactCourse{ContactID: c.ID, Course: "none"})
		})
		require.ErrorIs(t, err, store.ErrNotFound)
	})
}

func TestTemplatesFilesAndSecrets(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		write(t, s, func(tx *store.Tx) {
			template := &store.EmailTemplate{Key: "k", Name: "N", Subject: "S", HTML: "<p>", Text: "t", Class: "marketing", CreatedAt: kept}
			require.NoError(t, tx.CreateEmailTemplate(template))
			require.ErrorIs(t, tx.CreateEmailTemplate(template), store.ErrConflict)
			template.HTML = "<b>"
			require.NoError(t, tx.UpdateEmailTemplate(template))
			got, err := tx.EmailTemplate("k")
			require.NoError(t, err)
			require.Equal(t, "<b>", got.HTML)
			require.Equal(t, kept, got.CreatedAt)
			require.NoError(t, tx.DeleteEmailTemplate("k"))
			require.ErrorIs(t, tx.DeleteEmailTemplate("k"), store.ErrNotFound)

			for _, data := range [][]byte{nil, {0, 255, 1}} {
				require.NoError(t, tx.PutFile(&store.File{Name: "a b.pdf", ContentType: "application/pdf", Data: data}))
				f, err := tx.File("a b.pdf")
				require.NoError(t, err)
				require.True(t, bytes.Equal(data, f.Data))
				require.EqualValues(t, len(data), f.Size)
				require.Len(t, f.SHA256, 64)
			}
			require.ErrorIs(t, tx.PutFile(&store.File{Name: "big", Data: make([]byte, store.MaxFileSize+1)}), store.ErrUnstorable)
			require.NoError(t, tx.PutFile(&store.File{Name: "z", Data: []byte("z")}))
			has, err := tx.HasFile("a b.pdf")
			require.NoError(t, err)
			require.True(t, has)
			files, next, err := tx.ListFiles(store.Page{Limit: 1})
			require.NoError(t, err)
			require.Nil(t, files[0].Data)
			require.EqualValues(t, 3, files[0].Size)
			files, next, err = tx.ListFiles(store.Page{Limit: 1, Cursor: next})
			require.NoError(t, err)
			require.Equal(t, "z", files[0].Name)
			require.Empty(t, next)
			require.NoError(t, tx.DeleteFile("z"))

			for _, value := range []string{"one", "two"} {
				require.NoError(t, tx.PutSecret(&store.Secret{Name: "n", Cipher: []byte(value), Nonce: []byte{1}}))
				secret, err := tx.Secret("n")
				require.NoError(t, err)
				require.Equal(t, value, string(secret.Cipher))
			}
			names, err := tx.ListSecretNames()
			require.NoError(t, err)
			require.Equal(t, []string{"n"}, names)
			require.NoError(t, tx.DeleteSecret("n"))
			require.ErrorIs(t, tx.DeleteSecret("n"), store.ErrNotFound)
		})
	})
}

func TestTasksAndSends(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		c := newContact(t, s)
		write(t, s, func(tx *store.Tx) {
			task := &store.Task{Title: "T", Body: "B", Assignee: "a", DueAt: &kept, Status: "open", ContactID: &c.ID, EnrollmentID: ptr("enr_1"), Node: "n", CreatedAt: kept}
			require.NoError(t, tx.CreateTask(task))
			task.Status, task.DueAt = "done", nil
			require.NoError(t, tx.UpdateTask(task))
			got, err := tx.Task(task.ID)
			require.NoError(t, err)
			task.UpdatedAt = got.UpdatedAt
			require.Equal(t, task, got)
			list, _, err := tx.ListTasks(store.TaskFilter{Status: "done", Contact: c.ID, Assignee: "a", Enrollment: "enr_1"}, store.Page{})
			require.NoError(t, err)
			require.Len(t, list, 1)
			require.NoError(t, tx.DeleteTask(task.ID))

			send := &store.Send{
				ContactID: c.ID, EnrollmentID: "enr_1", Workflow: "w", Node: "n", Visit: 1, Channel: "email", Class: "marketing",
				ToAddress: "a@example.com", Subject: "S", MessageID: "m1", State: store.SendClaimed, Template: "t", CreatedAt: kept,
			}
			require.NoError(t, tx.CreateSend(send))
			require.ErrorIs(t, tx.CreateSend(&store.Send{MessageID: "m1"}), store.ErrConflict)
			send.State, send.SentAt = store.SendSent, &kept
			require.NoError(t, tx.SaveSend(send))
			found, err := tx.SendByMessageID("m1")
			require.NoError(t, err)
			require.Equal(t, send, found)
			require.NoError(t, tx.CreateSend(&store.Send{ContactID: c.ID, Channel: "email", Class: "marketing", MessageID: "m2", State: store.SendFailed, CreatedAt: kept}))
			for since, want := range map[time.Time]int{kept: 1, kept.Add(time.Second): 0} {
				n, err := tx.CountSends(c.ID, "email", "marketing", "", since)
				require.NoError(t, err)
				require.Equal(t, want, n)
			}
			sends, _, err := tx.ListSends(store.SendFilter{Contact: c.ID, Enrollment: "enr_1", Workflow: "w", Node: "n", State: "sent"}, store.Page{})
			require.NoError(t, err)
			require.Len(t, sends, 1)
		})
	})
}

func TestSuppressions(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *store.Store) {
		write(t, s, func(tx *store.Tx) {
			for _, reason := range []string{"bounce", "complaint"} {
				require.NoError(t, tx.PutSuppression(&store.Suppression{Address: " A@Example.com", Channel: "email", Reason: reason}))
			}
			require.NoError(t, tx.PutSuppression(&store.Suppression{Address: "a@example.com", Channel: "sms", Reason: "x"}))
			sup, err := tx.Suppression("a@EXAMPLE.com", "email")
			require.NoError(t, err)
			require.Equal(t, "complaint", sup.Reason)
			rows, next, err := tx.ListSuppressions("", store.Page{Limit: 1})
			require.NoError(t, err)
			require.Equal(t, "email", rows[0].Channel)
			rows, _, err = tx.ListSuppressions("", store.Page{Limit: 1, Cursor: next})
			require.NoError(t, err)
			require.Equal(t, "sms", rows[0].Channel)
			require.NoError(t, tx.DeleteSuppression("A@example.com", "email"))
			_, err = tx.Suppression("a@example.com", "email")
			require.ErrorIs(t, err, store.ErrNotFound)
		})
	})
}
