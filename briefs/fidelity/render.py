# ruff: noqa: E501 - tables read better whole, and Japanese counts double
"""Quantities written out in English, in news style."""

from decimal import Decimal

from briefs.fidelity.quantities import MONTHS, english_amount

# Counter -> the English noun in the plural; an empty one is written as a bare figure.
COUNTERS = {
    "人": "people", "名": "people", "カ国": "countries", "か国": "countries", "ヵ国": "countries", "ヶ国": "countries",
    "ケ国": "countries", "箇国": "countries", "カ月": "months", "か月": "months", "ヵ月": "months", "ヶ月": "months",
    "ケ月": "months", "箇月": "months", "カ所": "places", "か所": "places", "ヵ所": "places", "ヶ所": "places", "箇所": "places",
    "週間": "weeks", "週": "weeks", "日間": "days", "年間": "years", "時間": "hours", "分間": "minutes", "秒間": "seconds",
    "日": "days", "泊": "nights", "世紀": "centuries", "隻": "ships", "艘": "boats", "台": "units", "件": "cases", "社": "companies",
    "歳": "years old", "才": "years old", "回": "times", "度": "degrees", "年": "years", "分": "minutes", "秒": "seconds",
    "キロメートル": "kilometers", "平方キロメートル": "square kilometers", "平方キロ": "square kilometers",
    "平方メートル": "square meters", "立方メートル": "cubic meters", "キログラム": "kilograms", "キロワット": "kilowatts",
    "メガワット": "megawatts", "ギガワット": "gigawatts", "キロ": "kilometers", "センチメートル": "centimeters",
    "センチ": "centimeters", "ミリメートル": "millimeters", "ミリ": "millimeters", "メートル": "meters", "トン": "tons",
    "グラム": "grams", "リットル": "liters", "ヘクタール": "hectares", "バレル": "barrels", "マイル": "miles",
    "海里": "nautical miles", "フィート": "feet", "ノット": "knots", "マグニチュード": "", "km": "kilometers", "kg": "kilograms",
    "cm": "centimeters", "mm": "millimeters", "m": "meters", "t": "tons", "g": "grams", "ha": "hectares", "kW": "kilowatts",
    "MW": "megawatts", "GW": "gigawatts", "機": "aircraft", "両": "vehicles", "基": "units", "発": "rounds", "個": "items",
    "つ": "", "本": "", "枚": "sheets", "冊": "books", "棟": "buildings", "戸": "homes", "軒": "houses", "世帯": "households",
    "家族": "families", "頭": "head", "匹": "animals", "羽": "birds", "校": "schools", "店": "stores", "店舗": "stores",
    "票": "votes", "議席": "seats", "席": "seats", "団体": "groups", "団": "groups", "チーム": "teams", "都市": "cities",
    "州": "states", "都道府県": "prefectures", "県": "prefectures", "市": "cities", "町": "towns", "村": "villages",
    "地域": "regions", "地点": "points", "項目": "items", "種類": "kinds", "種": "kinds", "点": "points", "試合": "games",
    "ゴール": "goals", "勝": "wins", "敗": "losses", "安打": "hits", "打点": "runs batted in", "得点": "points", "階": "floors",
    "例": "cases", "作": "works", "曲": "songs", "通": "letters", "便": "flights", "次元": "dimensions", "字": "characters",
    "文字": "characters", "ページ": "pages", "議員": "lawmakers", "部": "copies", "組": "pairs", "株": "shares", "区": "wards",
    "区間": "sections", "兆候": "signs", "大学": "universities", "病院": "hospitals", "代": "", "世": "generation", "人組": "", "打": "", "球": "",
}  # fmt: skip
CURRENCIES = {
    "円": ("JPY", "yen"), "米ドル": ("USD", "dollars"), "香港ドル": ("USD", "Hong Kong dollars"),
    "豪ドル": ("USD", "Australian dollars"), "カナダドル": ("USD", "Canadian dollars"),
    "台湾ドル": ("USD", "Taiwan dollars"), "シンガポールドル": ("USD", "Singapore dollars"), "ドル": ("USD", "dollars"),
    "ユーロ": ("EUR", "euros"), "人民元": ("CNY", "yuan"), "台湾元": ("USD", "Taiwan dollars"), "元": ("CNY", "yuan"),
    "ウォン": ("KRW", "won"), "ポンド": ("GBP", "pounds"), "ルーブル": ("RUB", "rubles"), "ルピー": ("INR", "rupees"),
    "スイスフラン": ("CHF", "Swiss francs"), "フラン": ("CHF", "francs"), "ペソ": ("PHP", "pesos"), "バーツ": ("THB", "baht"),
    "レアル": ("BRL", "reais"), "リラ": ("TRY", "lira"), "ルピア": ("IDR", "rupiah"), "ドン": ("VND", "dong"),
    "リンギット": ("MYR", "ringgit"), "クローネ": ("NOK", "kroner"), "クローナ": ("SEK", "kronor"), "シェケル": ("ILS", "shekels"),
    "セント": ("USC", "cents"), "リヤル": ("SAR", "riyals"), "リアル": ("SAR", "rials"), "ディナール": ("KWD", "dinars"),
    "ディルハム": ("AED", "dirhams"), "フリブナ": ("UAH", "hryvnias"), "ズロチ": ("PLN", "zlotys"), "フォリント": ("HUF", "forints"),
}  # fmt: skip
_ONES = "zero one two three four five six seven eight nine ten".split()
_SINGULAR = {"people": "person", "countries": "country", "centuries": "century", "companies": "company", "cities": "city",
             "copies": "copy", "families": "family", "losses": "loss", "universities": "university", "years old": "year old",
             "feet": "foot", "aircraft": "aircraft", "head": "head", "reais": "real", "kroner": "krone", "kronor": "krona",
             "runs batted in": "run batted in"}  # fmt: skip
_UNCHANGED = {"yen", "yuan", "won", "baht", "rupiah", "dong", "ringgit", "lira"}


def render_number(value: Decimal) -> str:
    """A figure in news style; exact."""
    return english_amount(value) if value else "0"


def render_count(value: Decimal, noun: str) -> str:
    """A figure with its noun: small whole ones in words."""
    whole = value == value.to_integral_value()
    if not noun and whole and 1900 <= value <= 2100:
        return str(int(value))  # more likely a year than a number
    figure = _ONES[int(value)] if whole and value <= 10 and noun else render_number(value)
    return f"{figure} {singular(noun) if value == 1 else noun}".strip()


def singular(noun: str) -> str:
    """The singular of a counter's noun."""
    if noun in _UNCHANGED:
        return noun
    head, _, last = noun.rpartition(" ")
    return _SINGULAR.get(noun) or f"{head} {last.removesuffix('s')}".strip()


def render_date(year: int | None, month: int | None, day: int | None) -> str:
    """January 17, 2025; June 2024; January 17; the 17th; 2025."""
    if month is None:
        return ordinal_form(day, "the ") if day is not None else str(year)
    text = MONTHS[month - 1] + (f" {day}" if day is not None else "")
    if year is None:
        return text
    return f"{text}, {year}" if day is not None else f"{text} {year}"


def ordinal_form(number: int, before: str = "") -> str:
    """1st, 2nd, 3rd, 11th."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{before}{number:,}{ending}"


def render_fraction(above: int, below: int) -> str:
    """Half, one-third, three-quarters, 7/12."""
    names = {
        2: "half",
        3: "third",
        4: "quarter",
        5: "fifth",
        6: "sixth",
        7: "seventh",
        8: "eighth",
        9: "ninth",
        10: "tenth",
    }
    if below not in names or not 0 < above <= 10:
        return f"{above}/{below}"
    if (above, below) == (1, 2):
        return "half"
    return f"{_ONES[above]}-{names[below]}" + ("s" if above > 1 and below > 2 else "")


def render_time(hour: int, minute: int | None) -> str:
    """3:30 p.m.; hour and minute on the 24-hour clock."""
    twelve = (hour - 1) % 12 + 1
    return f"{twelve}{'' if not minute else f':{minute:02d}'} {'a.m.' if hour % 24 < 12 else 'p.m.'}"
