# ruff: noqa: E501 - tables read better whole, and Japanese counts double
"""English number words, units and abbreviations."""

from decimal import Decimal

_D = Decimal
ONES = {w: _D(i) for i, w in enumerate(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen".split()
)}  # fmt: skip
TENS = {w: _D(10 * i) for i, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
ORDINALS = {w: _D(i) for i, w in enumerate(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth".split(), 1
)} | {"thirtieth": _D(30), "fortieth": _D(40), "fiftieth": _D(50), "sixtieth": _D(60), "seventieth": _D(70),
      "eightieth": _D(80), "ninetieth": _D(90), "hundredth": _D(100), "thousandth": _D(1000), "millionth": _D(10**6),
      "billionth": _D(10**9)}  # fmt: skip
FRACTIONS = {"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4,
             "fifth": 5, "fifths": 5, "sixth": 6, "sixths": 6, "seventh": 7, "sevenths": 7, "eighth": 8, "eighths": 8,
             "ninth": 9, "ninths": 9, "tenth": 10, "tenths": 10, "twelfth": 12, "twelfths": 12, "hundredth": 100,
             "hundredths": 100, "thousandths": 1000}  # fmt: skip
MAGNITUDES = {"hundred": _D(100), "thousand": _D(10) ** 3, "million": _D(10) ** 6, "billion": _D(10) ** 9,
              "trillion": _D(10) ** 12, "quadrillion": _D(10) ** 15, "dozen": _D(12), "lakh": _D(10) ** 5,
              "crore": _D(10) ** 7}  # fmt: skip
# Only behind digits: 3m, $5bn, 2 tn.
ABBREVIATIONS = {"k": _D(10) ** 3, "m": _D(10) ** 6, "mn": _D(10) ** 6, "mln": _D(10) ** 6, "mil": _D(10) ** 6,
                 "b": _D(10) ** 9, "bn": _D(10) ** 9, "bln": _D(10) ** 9, "t": _D(10) ** 12, "tn": _D(10) ** 12,
                 "trn": _D(10) ** 12}  # fmt: skip
PLURALS = {"hundreds": _D(100), "thousands": _D(10) ** 3, "millions": _D(10) ** 6, "billions": _D(10) ** 9,
           "trillions": _D(10) ** 12, "dozens": _D(10), "tens": _D(10), "scores": _D(10)}  # fmt: skip
MULTIPLES = {"both": 2, "couple": 2, "pair": 2, "pairs": 2, "twin": 2, "twins": 2, "duo": 2, "twice": 2, "double": 2, "doubled": 2,
             "doubles": 2, "doubling": 2, "twofold": 2, "bilateral": 2, "once": 1, "single": 1, "sole": 1, "only": 1,
             "thrice": 3, "triple": 3, "tripled": 3, "triples": 3, "tripling": 3, "treble": 3, "trebled": 3, "threefold": 3,
             "trio": 3, "trilateral": 3, "triplets": 3, "quadruple": 4, "quadrupled": 4, "quadrupling": 4, "quartet": 4,
             "fourfold": 4, "quadrilateral": 4, "quad": 4, "fivefold": 5, "quintuple": 5, "quintupled": 5, "quintet": 5,
             "sixfold": 6, "sevenfold": 7, "eightfold": 8, "ninefold": 9, "tenfold": 10, "hundredfold": 100, "thousandfold": 1000,
             "hat-trick": 3, "trilogy": 3, "decathlon": 10, "ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9,
             "xi": 11, "xii": 12, "xiii": 13, "xiv": 14, "fortnight": 14, "biennial": 2, "quadrennial": 4, "teens": 10, "teen": 10,
             "teenager": 10, "teenagers": 10, "teenage": 10, "twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60,
             "seventies": 70, "eighties": 80, "nineties": 90, "noon": 12, "midnight": 12, "semiannual": 6,
             "four-way": 4, "centenary": 100, "centennial": 100, "bicentennial": 200, "trillionaire": 10**12,
             "billionaire": 10**9, "millionaire": 10**6, "no": 0, "none": 0, "nil": 0}  # fmt: skip
MONTHS = {name: i for i, names in enumerate(
    ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug", "september sep sept",
     "october oct", "november nov", "december dec"), 1) for name in names.split()}  # fmt: skip
WEEKDAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
MULTIPLES |= {f"{word}fold": int(value) for word, value in (ONES | TENS).items() if value > 1}
CURRENCIES = {"yen": "JPY", "jpy": "JPY", "¥": "JPY", "dollar": "USD", "dollars": "USD", "$": "USD", "usd": "USD", "buck": "USD", "bucks": "USD",
              "euro": "EUR", "euros": "EUR", "€": "EUR", "eur": "EUR", "pound": "GBP", "pounds": "GBP", "£": "GBP",
              "sterling": "GBP", "gbp": "GBP", "yuan": "CNY", "renminbi": "CNY", "rmb": "CNY", "cny": "CNY", "won": "KRW", "krw": "KRW",
              "ruble": "RUB", "rubles": "RUB", "rouble": "RUB", "roubles": "RUB", "rupee": "INR", "rupees": "INR", "inr": "INR",
              "franc": "CHF", "francs": "CHF", "peso": "PHP", "pesos": "PHP", "baht": "THB", "bahts": "THB", "real": "BRL",
              "reais": "BRL", "reals": "BRL", "lira": "TRY", "liras": "TRY", "lire": "TRY", "rupiah": "IDR", "dong": "VND",
              "ringgit": "MYR", "krone": "NOK", "kroner": "NOK", "krona": "SEK", "kronor": "SEK", "shekel": "ILS", "shekels": "ILS",
              "riyal": "SAR", "riyals": "SAR", "rial": "SAR", "rials": "SAR", "dinar": "KWD", "dinars": "KWD", "dirham": "AED",
              "dirhams": "AED", "hryvnia": "UAH", "hryvnias": "UAH", "zloty": "PLN", "zlotys": "PLN", "forint": "HUF",
              "forints": "HUF", "cent": "USC", "cents": "USC", "kuai": "CNY"}  # fmt: skip
HEDGES = frozenset(
    "about around some nearly almost roughly approximately over more than under less exceeding above below close just "
    "least approx estimated most up upwards".split()
)
