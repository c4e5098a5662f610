package regapitest

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// lotPages are the sizes that a page of lots can have (13.4).
var lotPages = []int{25, 50, 100, 200, 500}

// listLots lists what is for sale (13.4).
func listLots(c *call) (map[string]any, *refusal.Error) {
	limits, err := c.numbers(map[string]int{"pg": 0, "itemsonpage": lotPages[0]})
	if err != nil {
		return nil, err
	}
	if !slices.Contains(lotPages, limits["itemsonpage"]) {
		return nil, refusal.Incorrect("itemsonpage")
	}
	if c.flag("show_my_lots") && c.account == nil {
		return nil, refusal.New("NO_USERNAME")
	}
	order, err := c.lotOrder()
	if err != nil {
		return nil, err
	}
	lots := slices.Collect(maps.Values(c.srv.state.lots))
	if c.test {
		return map[string]any{"lots": []any{exampleListedLot()}, "lots_cnt": textNumeral(1)}, nil
	}
	slices.SortFunc(lots, func(a, b *lot) int { return cmp.Compare(a.domain.Name, b.domain.Name) })
	slices.SortStableFunc(lots, order)
	lots = slices.DeleteFunc(lots, func(l *lot) bool { return !c.wantsLot(l) })
	from := min(limits["pg"]*limits["itemsonpage"], len(lots))
	shown := []any{}
	for _, l := range lots[from:min(from+limits["itemsonpage"], len(lots))] {
		shown = append(shown, l.shown())
	}
	return map[string]any{"lots": shown, "lots_cnt": textNumeral(int64(len(lots)))}, nil
}

func (c *call) lotOrder() (func(a, b *lot) int, *refusal.Error) {
	column, sign := c.params.Text("sortcol"), 1
	switch c.params.Text("sortorder") {
	case "", "ASC":
	case "DESC":
		sign = -1
	default:
		return nil, refusal.Incorrect("sortorder")
	}
	if column == "" {
		column = "dname"
	}
	if number, ok := lotNumbers[column]; ok {
		return func(a, b *lot) int { return sign * cmp.Compare(number(a), number(b)) }, nil
	}
	if word, ok := lotWords[column]; ok {
		return func(a, b *lot) int { return sign * cmp.Compare(word(a), word(b)) }, nil
	}
	return nil, refusal.Incorrect("sortcol")
}

// wantsLot compares a lot with the ranges of a request; the one of prices is called price there.
func (c *call) wantsLot(l *lot) bool {
	if c.flag("show_my_lots") && l.domain.owner != c.account.Login {
		return false
	}
	if word := c.params.Text("keywords"); word != "" && !slices.Contains(l.Keywords, word) {
		return false
	}
	for column, number := range lotNumbers {
		scale, value := int64(1), number(l)
		if column == "start_price" {
			column, scale = "price", 100
		}
		from, fromErr := strconv.ParseInt(c.params.Text(column+"_from"), 10, 64)
		to, toErr := strconv.ParseInt(c.params.Text(column+"_to"), 10, 64)
		if (fromErr == nil && value < from*scale) || (toErr == nil && value > to*scale) {
			return false
		}
	}
	for column, word := range lotWords {
		from, to := c.params.Text(column+"_from"), c.params.Text(column+"_to")
		if value := word(l); value < from || (to != "" && value > to && !strings.HasPrefix(value, to)) {
			return false
		}
	}
	return true
}

// listCategories lists the categories of lots (13.5).
func listCategories(*call) (map[string]any, *refusal.Error) {
	shown := []any{}
	for _, c := range categories {
		subcategories := []any{}
		for _, s := range c.subcategories {
			subcategories = append(subcategories, map[string]any{"id": s.id, "category_name": s.name, "category_name_en": s.nameEN})
		}
		shown = append(shown, map[string]any{"category_name": c.name, "category_name_en": c.nameEN, "subcategories": subcategories})
	}
	return map[string]any{"category_list": shown}, nil
}

// popularTags are those of the example (13.6).
var popularTags = []string{"бизнес", "интернет", "авто", "бренд", "туризм"}

// listTags lists keywords (13.6).
func listTags(c *call) (map[string]any, *refusal.Error) {
	const most = 50
	limits, err := c.numbers(map[string]int{"limit": 10})
	if err != nil {
		return nil, err
	}
	if limits["limit"] > most {
		return nil, refusal.Incorrect("limit")
	}
	tags := slices.Clone(popularTags)
	if !c.test {
		used := []string{}
		for _, l := range c.srv.state.lots {
			used = append(used, l.Keywords...)
		}
		slices.Sort(used)
		for _, tag := range slices.Compact(used) {
			if !slices.Contains(tags, tag) {
				tags = append(tags, tag)
			}
		}
	}
	return map[string]any{"tags": anyList(tags[:min(limits["limit"], len(tags))])}, nil
}
