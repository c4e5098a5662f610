package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	ctrl "sigs.k8s.io/controller-runtime"
)

// tempered gives records the level that whoever reads the log goes by. The libraries know information and errors alone: an error is what
// somebody has to mend in the program or the cluster, a warning what is wrong and says so elsewhere too, or is tried again by itself.
type tempered struct {
	slog.Handler
	// with are attributes that are handed on with a record: each reconciliation has its own, and most write none.
	with []slog.Attr
}

// Handle passes a record on if its true level is asked for.
func (t tempered) Handle(ctx context.Context, record slog.Record) error {
	record.Level = levelOf(record)
	if !t.Enabled(ctx, record.Level) {
		return nil
	}
	return t.handler().Handle(ctx, record)
}

func (t tempered) handler() slog.Handler {
	if len(t.with) == 0 {
		return t.Handler
	}
	return t.Handler.WithAttrs(t.with)
}

// WithAttrs is a part of slog.Handler.
func (t tempered) WithAttrs(attrs []slog.Attr) slog.Handler {
	return tempered{t.Handler, slices.Concat(t.with, attrs)}
}

// WithGroup is a part of slog.Handler.
func (t tempered) WithGroup(name string) slog.Handler {
	return tempered{Handler: t.handler().WithGroup(name)}
}

const (
	// reconcilerError is what controller-runtime says of every failure of a reconciler, all of which are tried again.
	reconcilerError = "Reconciler error"
	// strangersToken is what it says of whoever asks for metrics with a token that the API server does not know: the asker is told so.
	strangersToken = "Authentication failed"
	// afterTheEnd is what it says of errors when it has begun to end: that it leads no more, say, since it has given that back.
	afterTheEnd = "error received after stop sequence was engaged"
)

// warnings are what it calls an error and nobody has to mend.
var warnings = []string{reconcilerError, strangersToken, afterTheEnd}

func levelOf(record slog.Record) slog.Level {
	if record.Level != slog.LevelError {
		return record.Level
	}
	var cause error
	record.Attrs(func(attr slog.Attr) bool {
		cause, _ = attr.Value.Any().(error)
		return attr.Key != "err"
	})
	switch {
	case apierrors.IsConflict(cause), errors.Is(cause, context.Canceled):
		return slog.LevelDebug // Somebody else wrote first, or the process ends: the next look sees what there is.
	case cause == nil, slices.Contains(warnings, record.Message):
		return slog.LevelWarn
	default:
		return record.Level
	}
}

// logged is an error that the log has told already.
type logged struct{ error }

// Unwrap gives the error itself.
func (l logged) Unwrap() error { return l.error }

// logEnd tells the log why the process ends, so that it is one stream to its last line.
func logEnd(err error) error {
	if err == nil {
		return nil
	}
	ctrl.Log.Error(err, "The program ends")
	return logged{err}
}
