package expr

// The groups. Each stops at the rule that decides it, so that nothing is asked of Facts in vain.

type allRule struct{ rules []rule }

func (r allRule) eval(e *evaluation) (bool, error) {
	for _, inner := range r.rules {
		if ok, err := inner.eval(e); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

type anyRule struct{ rules []rule }

func (r anyRule) eval(e *evaluation) (bool, error) {
	for _, inner := range r.rules {
		if ok, err := inner.eval(e); err != nil || ok {
			return ok, err
		}
	}
	return false, nil
}

type notRule struct{ inner rule }

func (r notRule) eval(e *evaluation) (bool, error) {
	ok, err := r.inner.eval(e)
	return !ok, err
}
