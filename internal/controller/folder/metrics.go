package folder

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// What happens to folders, as the metrics call it.
const (
	changeCreated = "created"
	changeRenamed = "renamed"
	changeDeleted = "deleted"
	changeAdded   = "added"
	changeRemoved = "removed"
	changeMoved   = "moved"
)

// Metrics of Folders.
type Metrics struct {
	changes    *prometheus.CounterVec
	leftBehind prometheus.Counter
}

// NewMetrics registers the metrics of Folders; nil registers them nowhere.
func NewMetrics(registerer prometheus.Registerer) *Metrics {
	auto := promauto.With(registerer)
	return &Metrics{
		changes: auto.NewCounterVec(prometheus.CounterOpts{
			Name: "regapi_folder_changes_total",
			Help: "Changes of folders: created, renamed and deleted count folders, added, removed and moved the services in them.",
		}, []string{"change"}),
		leftBehind: auto.NewCounter(prometheus.CounterOpts{
			Name: "regapi_folders_left_behind_total",
			Help: "Folders that stay although a deleted Folder with deletionPolicy Delete had them.",
		}),
	}
}
