package folder

import (
	"context"
	"fmt"
	"sync"

	"github.com/regapi-io/regapi-operator/internal/portion"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// lanes let the Folders of a login be worked on one after the other: REG.API takes one request of a login at a time anyway, and what one
// Folder sees of another's holds until it is done. The zero value is ready to use; lanes are safe for concurrent use.
type lanes struct {
	mu      sync.Mutex
	byLogin map[string]*lane
}

// lane is that of a login. Who is in it has the size for himself.
type lane struct {
	taken chan struct{}
	size  *portion.Size
}

// enter waits for the lane of a login.
func (l *lanes) enter(ctx context.Context, login string) (*lane, error) {
	l.mu.Lock()
	if l.byLogin == nil {
		l.byLogin = map[string]*lane{}
	}
	found := l.byLogin[login]
	if found == nil {
		found = &lane{taken: make(chan struct{}, 1), size: portion.New(regapi.MaxObjects)}
		l.byLogin[login] = found
	}
	l.mu.Unlock()
	select {
	case found.taken <- struct{}{}:
		return found, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the other folders of the login: %w", ctx.Err())
	}
}

func (l *lane) leave() { <-l.taken }
