package domain

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

func TestTheRegistrarIsToldFirstOfTheDomainsThatExpireFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const domains = 200
		var all flags
		told := make(chan int, domains)
		begin := time.Now()
		for n := range domains { // Each comes at a moment of its own, and the last one expires first.
			go func() {
				time.Sleep(time.Duration(n) * flagsWait / domains)
				object := &v1alpha1.Domain{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint("domain-", n)}}
				for !all.turn("login", object, fmt.Sprintf("2027-%03d", domains-n)) {
					time.Sleep(flagsWait)
				}
				told <- n
			}()
		}
		late := 0
		for place := range domains {
			if n := <-told; place > 2*flagsBurst && n > domains-place+3*flagsBurst {
				late++
			}
		}
		if took := time.Since(begin); took > (domains+flagsBurst)*flagsEvery {
			t.Errorf("%s for %d domains", took, domains)
		}
		if late > 0 {
			t.Errorf("%d were told of after domains that expire much later", late)
		}
	})
}
