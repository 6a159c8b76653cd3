package worker

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"

	"fermata/store"
)

const (
	// driverName stands in history beside every reference and can never change.
	driverName = "fermata-definitions"
	claimHash  = "sha256"
	// definitionEncoding is how the SDK marks a payload of raw bytes. Definitions
	// are the only raw bytes that enter Temporal.
	definitionEncoding = "binary/plain"
	cachedDefinitions  = 256
)

// Definitions keeps definitions out of Temporal's history: a payload of raw bytes
// is replaced by its content hash, and read back from the store when a worker
// needs it. It runs before workflow code and outside the deadlock detector.
type Definitions struct {
	store *store.Store

	mu    sync.Mutex
	cache map[string][]byte
	order []string
}

// NewDefinitions makes the driver over the store.
func NewDefinitions(s *store.Store) *Definitions {
	return &Definitions{store: s, cache: map[string][]byte{}}
}

// ExternalStorage is the client option that keeps definitions by reference and
// leaves every other payload inline.
func (d *Definitions) ExternalStorage() converter.ExternalStorage {
	return converter.ExternalStorage{
		Drivers: []converter.StorageDriver{d}, DriverSelector: d, PayloadSizeThreshold: 1,
	}
}

// Name implements converter.StorageDriver.
func (d *Definitions) Name() string { return driverName }

// Type implements converter.StorageDriver.
func (d *Definitions) Type() string { return driverName }

// SelectDriver implements converter.StorageDriverSelector.
func (d *Definitions) SelectDriver(_ converter.StorageDriverSelectContext, p *commonpb.Payload) (converter.StorageDriver, error) {
	if string(p.GetMetadata()[converter.MetadataEncoding]) == definitionEncoding {
		return d, nil
	}
	return nil, nil
}

// Store implements converter.StorageDriver. A version is in the store before any
// enrollment starts, so that this only writes what a draft or a test brings.
func (d *Definitions) Store(ctx converter.StorageDriverStoreContext, payloads []*commonpb.Payload) ([]converter.StorageDriverClaim, error) {
	claims := make([]converter.StorageDriverClaim, len(payloads))
	for i, p := range payloads {
		sum := sha256.Sum256(p.GetData())
		hash := hex.EncodeToString(sum[:])
		// The SDK warns of a driver that does anything beside its limiter.
		err := ctx.GetLimiter().Permit(ctx.Context, p, func() error {
			if d.cached(hash) != nil {
				return nil
			}
			return d.store.Write(ctx.Context, func(tx *store.Tx) error { return tx.PutDefinition(hash, p.GetData()) })
		})
		if err != nil {
			return nil, fmt.Errorf("store definition %s: %w", hash, err)
		}
		d.keep(hash, p.GetData())
		claims[i] = converter.StorageDriverClaim{ClaimData: map[string]string{claimHash: hash}}
	}
	return claims, nil
}

// Retrieve implements converter.StorageDriver. A store that does not answer is
// asked again for as long as the task lasts: a failed workflow task would back off
// for minutes and hold its signals.
func (d *Definitions) Retrieve(ctx converter.StorageDriverRetrieveContext, claims []converter.StorageDriverClaim) ([]*commonpb.Payload, error) {
	payloads := make([]*commonpb.Payload, len(claims))
	for i, claim := range claims {
		var body []byte
		err := ctx.GetLimiter().Permit(ctx.Context, claim, func() error {
			var err error
			body, err = d.load(ctx.Context, claim.ClaimData[claimHash])
			return err
		})
		if err != nil {
			return nil, err
		}
		payloads[i] = &commonpb.Payload{
			Metadata: map[string][]byte{converter.MetadataEncoding: []byte(definitionEncoding)}, Data: body,
		}
	}
	return payloads, nil
}

func (d *Definitions) load(ctx context.Context, hash string) ([]byte, error) {
	if body := d.cached(hash); body != nil {
		return body, nil
	}
	for wait := 20 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		var body []byte
		err := d.store.Read(ctx, func(tx *store.Tx) error {
			var err error
			body, err = tx.Definition(hash)
			return err
		})
		if err == nil {
			d.keep(hash, body)
			return body, nil
		}
		if errors.Is(err, store.ErrNotFound) {
			return nil, fmt.Errorf("definition %s is not in the store", hash)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("load definition %s: %w", hash, err)
		case <-time.After(wait):
		}
	}
}

func (d *Definitions) cached(hash string) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.cache[hash]
}

// keep caches a definition, forgetting the oldest one: content under a hash never
// changes, so the cache can never be stale.
func (d *Definitions) keep(hash string, body []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.cache[hash] != nil {
		return
	}
	if len(d.order) >= cachedDefinitions {
		delete(d.cache, d.order[0])
		d.order = d.order[1:]
	}
	d.cache[hash] = body
	d.order = append(d.order, hash)
}
