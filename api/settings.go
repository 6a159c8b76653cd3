package api

import (
	"net/mail"
	"regexp"
	"time"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/store"
)

func shapeAccount(a *store.Account) (gen.Account, error) {
	var frequency *string
	if err := a.FrequencyCap.Decode(&frequency); err != nil {
		return gen.Account{}, err
	}
	shown := gen.Account{
		Name: a.Name, Timezone: a.Timezone, Currency: a.Currency, HourlyCost: a.HourlyCost, DefaultConsent: a.DefaultConsent,
		MailFrom: a.MailFrom, FrequencyCap: frequency,
	}
	if !a.UpdatedAt.IsZero() {
		shown.UpdatedAt = ptr(a.UpdatedAt.UTC())
	}
	return shown, nil
}

func accountReply(a *store.Account) (reply, error) {
	shown, err := shapeAccount(a)
	return ok(shown), err
}

func (s *server) GetAccount(c *gin.Context) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		a, err := events.Account(tx)
		if err != nil {
			return reply{}, err
		}
		return accountReply(a)
	})
}

func (s *server) PatchAccount(c *gin.Context) {
	changing(s, c, func(tx *store.Tx, in gen.AccountPatch) (reply, error) {
		a, err := events.Account(tx)
		if err != nil {
			return reply{}, err
		}
		patch, err := bodyObject(c)
		if err != nil {
			return reply{}, err
		}
		zone := a.Timezone
		if err := fillAccount(a, in); err != nil {
			return reply{}, err
		}
		clearAccount(a, patch)
		if value, given := patch["frequency_cap"]; given {
			a.FrequencyCap = nil
			if value != nil {
				if a.FrequencyCap, err = store.ToJSON(value); err != nil {
					return reply{}, err
				}
			}
		}
		if err := tx.SaveAccount(a); err != nil {
			return reply{}, err
		}
		if a.Timezone != zone {
			if err := events.RestartDateRules(tx, s.now(), callerOf(c).person); err != nil {
				return reply{}, err
			}
			tx.AfterCommit(s.nudge)
		}
		if err := s.audit(c, tx, "account.update", "account", patch); err != nil {
			return reply{}, err
		}
		return accountReply(a)
	})
}

func fillAccount(a *store.Account, in gen.AccountPatch) error {
	if in.Timezone != nil {
		if _, err := time.LoadLocation(*in.Timezone); err != nil || *in.Timezone == "" || *in.Timezone == "Local" {
			return invalid("/timezone", "is not an IANA time zone", "Europe/Vienna")
		}
	}
	if in.MailFrom != nil && *in.MailFrom != "" {
		if _, err := mail.ParseAddress(*in.MailFrom); err != nil {
			return invalid("/mail_from", "is not a mail address", "Studio <hello@studio.example>")
		}
	}
	a.Name, a.Timezone, a.Currency = or(in.Name, a.Name), or(in.Timezone, a.Timezone), or(in.Currency, a.Currency)
	a.HourlyCost, a.MailFrom = or(in.HourlyCost, a.HourlyCost), or(in.MailFrom, a.MailFrom)
	a.DefaultConsent = string(or(in.DefaultConsent, gen.AccountPatchDefaultConsent(a.DefaultConsent)))
	return nil
}

// clearAccount clears what a patch says null of, where an account can do without it.
func clearAccount(a *store.Account, patch map[string]any) {
	for name, clears := range map[string]func(){
		"name": func() { a.Name = "" }, "mail_from": func() { a.MailFrom = "" }, "hourly_cost": func() { a.HourlyCost = 0 },
	} {
		if value, given := patch[name]; given && value == nil {
			clears()
		}
	}
}

// secretName is what a definition may write behind `secret:`.
var secretName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]{0,62}$`)

func (s *server) ListSecrets(c *gin.Context, params gen.ListSecretsParams) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		names, err := tx.ListSecretNames()
		if err != nil {
			return reply{}, err
		}
		page, err := partOf(names, params.Limit, params.Cursor, func(name *string) string { return *name })
		if err != nil {
			return reply{}, err
		}
		shown := list[gen.Secret]{Items: make([]gen.Secret, 0, len(page.Items)), Next: page.Next}
		for _, name := range page.Items {
			secret, err := tx.Secret(name)
			if err != nil {
				return reply{}, err
			}
			shown.Items = append(shown.Items, gen.Secret{Name: name, UpdatedAt: secret.UpdatedAt.UTC()})
		}
		return ok(shown), nil
	})
}

func (s *server) PutSecret(c *gin.Context, name string) {
	if s.SecretBox == nil {
		s.fail(c, failure(kindNotAvailable, "no key to encrypt secrets with is set"))
		return
	}
	if !secretName.MatchString(name) {
		s.fail(c, invalid("", "the name of a secret is a letter and then letters, digits, _ . or -, at most 63", "slack_team"))
		return
	}
	changing(s, c, func(tx *store.Tx, in gen.SecretInput) (reply, error) {
		secret, err := s.putSecret(c, tx, name, in.Value)
		if err != nil {
			return reply{}, err
		}
		return ok(gen.Secret{Name: name, UpdatedAt: secret.UpdatedAt.UTC()}), nil
	})
}

// putSecret stores a secret encrypted. The caller has seen to it that there is a SecretBox.
func (s *server) putSecret(c *gin.Context, tx *store.Tx, name, value string) (*store.Secret, error) {
	cipher, nonce, err := s.SecretBox.Seal(name, []byte(value))
	if err != nil {
		return nil, err
	}
	secret := &store.Secret{Name: name, Cipher: cipher, Nonce: nonce}
	if err := tx.PutSecret(secret); err != nil {
		return nil, err
	}
	return secret, s.audit(c, tx, "secret.put", name, nil)
}

func (s *server) DeleteSecret(c *gin.Context, name string) {
	removing(s, c, func(tx *store.Tx) error {
		if err := s.unused(tx, useSecret, name); err != nil {
			return err
		}
		if err := tx.DeleteSecret(name); err != nil {
			return err
		}
		return s.audit(c, tx, "secret.delete", name, nil)
	})
}
