/* SPDX-License-Identifier: Apache-2.0 */
/* Names of months and days, whole or cut off: in English, German, French, Spanish, Italian, Portuguese and Dutch. */
#include "base/check.h"
#include "page/meta_month.h"

static const struct {
	int month;
	const char *names; /* with and without accents, a blank behind each */
} months[] = {
	{ 1, "january januar janvier enero gennaio janeiro januari " },
	{ 2, "february februar f\xC3\xA9vrier fevrier febrero febbraio fevereiro februari " },
	{ 3, "march m\xC3\xA4rz maerz mars marzo mar\xC3\xA7o marco maart mrt " },
	{ 4, "april avril abril aprile " },
	{ 5, "may mai mayo maggio maio mei " },
	{ 6, "june juni juin junio giugno junho " },
	{ 7, "july juli juillet julio luglio julho " },
	{ 8, "august ao\xC3\xBBt aout agosto augustus " },
	{ 9, "september septembre septiembre settembre setembro sept " },
	{ 10, "october oktober octobre octubre ottobre outubro " },
	{ 11, "november novembre noviembre novembro " },
	{ 12, "december dezember d\xC3\xA9"
	      "cembre decembre diciembre dicembre dezembro " },
};

static bool begins_one(const char *names, struct str word)
{
	struct str list = str_of(names), name;
	while (str_cut(&list, ' ', &name))
		if (name.n && str_istarts(name, word))
			return true;
	return false;
}

int meta_month(struct str word)
{
	enum { SHORT = 3 };
	int found = 0;
	for (size_t i = 0; word.n >= SHORT && i < COUNT_OF(months); i++)
		if (begins_one(months[i].names, word)) {
			if (found) /* "jui" begins two */
				return 0;
			found = months[i].month;
		}
	return found;
}

bool meta_weekday(struct str word)
{
	enum { SHORT = 3 };
	return word.n >= SHORT &&
	       begins_one(
		       "monday tuesday wednesday thursday friday saturday sunday "
		       "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag "
		       "lundi mardi mercredi jeudi vendredi samedi dimanche "
		       "lunes martes jueves viernes domingo ",
		       word);
}
