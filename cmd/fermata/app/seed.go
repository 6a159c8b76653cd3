package app

import (
	"context"
	"errors"
	"fmt"

	"fermata/store"
)

// SeedAccount writes the account of a new installation from the settings; an
// account that is there stays as it is.
func SeedAccount(ctx context.Context, s *store.Store, settings Settings) error {
	err := s.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.Account(); !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return tx.SaveAccount(&store.Account{
			Timezone: settings.Timezone, Currency: settings.Currency, HourlyCost: settings.HourlyCost,
			DefaultConsent: settings.DefaultConsent, MailFrom: settings.MailFrom,
		})
	})
	if err != nil {
		return fmt.Errorf("seed account: %w", err)
	}
	return nil
}
