"""Languages: whole articles, short windows, and the mixtures that mislead."""

from datetime import date

import pytest

from briefs.brief import Article, Block, Brief, Kind, Origin, Severity
from briefs.detect import NullDetector, ScriptDetector, detect, detect_article

PROSE = {
    "ja": (
        "県の漁業組合は今月、沿岸に設けた十二か所の観測点で水温を測り、結果を毎朝公開し始めた。三年前から網にかかる魚"
        "の種類が変わり、若い漁師ほど経験だけに頼れないと感じているためだ。組合長の話では、初日から問い合わせが相次ぎ"
        "、隣の県からも見学の申し込みが届いている。機器の費用は半分を国の補助で賄い、残りを組合員が少しずつ出し合った"
        "。",
        "一方で、データの読み方を誰が教えるのかという課題は残る。大学の研究室が月に一度の勉強会を引き受けたが、船を出"
        "す時間と重なる日も多い。それでも参加者は回を追うごとに増え、先月は高校生の姿も見られた。冬の荒れた海を前に、"
        "港では新しい習慣が静かに根を下ろしつつある。来年度は観測点を二十か所に増やし、塩分も測る計画だという。",
    ),
    "zh": (
        "市图书馆上周重新开放了位于老城区的分馆，经过两年的修缮，这座建于上世纪三十年代的建筑恢复了原来的模样。馆长介"
        "绍说，工人们保留了木质楼梯和彩色玻璃窗，同时在地下加建了恒温书库，可以存放八万册图书。开放当天，附近的居民一"
        "早就在门口排起了长队，许多老人带着孙辈前来，讲述自己年轻时在这里读书的往事。工作人员还准备了免费的茶水和明信"
        "片，受到大家的欢迎。",
        "不过，也有人担心交通问题会影响读者的热情。分馆周围的街道狭窄，停车位只有二十个，公共汽车每半小时才有一班。市"
        "政府表示，将在年底以前增加一条公交线路，并且在河边修建自行车道。与此同时，图书馆计划每个周末举办讲座，邀请本"
        "地作家和历史学者，与读者面对面交流。如果反响良好，明年春天还会延长晚间的开放时间，方便上班的人前来借阅。",
    ),
    "ko": (
        "도시 외곽의 작은 마을에서는 올해부터 주민들이 직접 버스를 운영하고 있다. 기존 노선이 적자를 이유로 폐지된 "
        "뒤 병원과 시장에 가는 길이 막혔기 때문이다. 주민 회의는 중고 승합차 두 대를 사들였고, 은퇴한 운전사 네 명이 "
        "교대로 핸들을 잡는다. 요금은 한 번에 천 원이며, 학생은 무료로 탈 수 있다. 하루 이용객은 평균 여든 명으로 "
        "예상보다 많다.",
        "물론 어려움도 적지 않다. 연료비가 오르면서 겨울에는 운행 횟수를 줄여야 할지도 모른다는 걱정이 나온다. "
        "군청은 보험료의 절반을 지원하기로 했지만, 정비 비용은 여전히 마을의 몫이다. 그럼에도 주민들은 버스가 단순한 "
        "교통수단이 아니라 서로 안부를 묻는 공간이 되었다고 말한다. 이웃 마을 세 곳도 같은 방식을 배우기 위해 지난주 "
        "이곳을 찾았다.",
    ),
    "ru": (
        "В старом портовом квартале открылась мастерская, где восстанавливают деревянные лодки, построенные ещё в "
        "начале прошлого века. Её основатель, бывший инженер, несколько лет собирал чертежи в архивах и расспрашивал "
        "рыбаков о забытых приёмах. Теперь вместе с ним работают двенадцать учеников, и каждый из них обязан довести "
        "до конца хотя бы одну лодку. Первый готовый бот спустили на воду в мае при большом стечении народа.",
        "Деньги на материалы мастерская получает от продажи билетов на прогулки по заливу, однако их хватает не "
        "всегда. Городские власти обещали помочь с ремонтом причала, но окончательное решение отложено до осени. Тем "
        "временем желающих учиться становится всё больше, и преподаватели думают о вечерних занятиях. По их словам, "
        "главное здесь не скорость, а терпение и уважение к дереву, которое не прощает небрежности.",
    ),
    "en": (
        "The town council has voted to keep the night train running for another two years, although the number of "
        "passengers fell again last winter. Supporters argue that the service is the only way for nurses and hotel "
        "workers to get home after the last bus has left. The railway company had asked for a higher subsidy, but it "
        "accepted a smaller increase in return for new carriages and a simpler timetable from the spring.",
        "Critics remain doubtful. They point out that the station has no heated waiting room and that delays of more "
        "than an hour are common when snow blocks the pass. A survey of residents found that most would use the "
        "train more often if tickets could be bought on a phone. The council has promised to review the figures "
        "every six months and to publish what it learns, whether or not the news is good for those who fought to "
        "save the line.",
    ),
    "de": (
        "In der kleinen Gemeinde am Fluss hat der Rat beschlossen, das alte Schwimmbad nicht abzureißen, sondern mit "
        "Hilfe der Bürger zu erneuern. Fast zweihundert Freiwillige haben sich gemeldet, darunter Maurer, Elektriker "
        "und viele Jugendliche. Die Kosten werden auf eine halbe Million Euro geschätzt, und etwa ein Drittel davon "
        "soll durch Spenden gedeckt werden. Wenn das Wetter mitspielt, können die ersten Gäste schon im nächsten "
        "Sommer wieder ins Wasser springen.",
        "Nicht alle sind davon überzeugt. Einige Anwohner befürchten, dass der Lärm zunimmt und die Straßen vor dem "
        "Gelände zugeparkt werden. Der Bürgermeister verspricht deshalb einen Fahrradweg, der vom Bahnhof bis zum "
        "Eingang führt, sowie feste Ruhezeiten am Abend. Außerdem wird geprüft, ob sich das Wasser mit der Wärme aus "
        "einer benachbarten Bäckerei heizen lässt. Eine Entscheidung darüber fällt erst, nachdem die Fachleute ihren "
        "Bericht vorgelegt haben.",
    ),
    "ar": (
        "افتتحت البلدية في الأسبوع الماضي سوقا جديدة للمزارعين على أطراف المدينة القديمة، بعد سنوات من النقاش حول "
        "مكانها وحجمها. ويقول التجار إن الموقع يسهل وصول الشاحنات في الصباح الباكر، كما يوفر مساحة مظللة للزبائن "
        "خلال أشهر الصيف الحارة. وقد شاركت في اليوم الأول أكثر من سبعين أسرة، عرضت الخضروات والعسل وزيت الزيتون "
        "بأسعار أقل من أسعار المتاجر الكبيرة.",
        "لكن بعض السكان عبروا عن قلقهم من الازدحام، وطالبوا بتخصيص حافلة تربط السوق بوسط المدينة. ووعد رئيس المجلس "
        "بدراسة الطلب قبل نهاية العام، مشيرا إلى أن الميزانية محدودة. ومن جهة أخرى، أعلنت الجامعة أنها ستساعد "
        "المزارعين على قياس جودة المياه والتربة مجانا، وأن طلابها سيقدمون دورات قصيرة في المحاسبة والتسويق لمن يرغب "
        "في تطوير عمله وزيادة دخله.",
    ),
}
SHORT = 40


@pytest.fixture(scope="module")
def detector():
    return ScriptDetector()


def languages(detector, texts):
    return [detection.language for detection in detector.detect(texts)]


def article(*texts, kinds=None):
    blocks = tuple(Block(kind=(kinds or {}).get(i, Kind.SENTENCE), text=text) for i, text in enumerate(texts))
    return Article(id="a", origins=(Origin(source="in/a.txt", sha256=""),), blocks=blocks)


@pytest.mark.parametrize("language", PROSE)
def test_two_hundred_characters_are_always_enough(detector, language):
    text = " ".join(PROSE[language])
    windows = [text[start : start + size] for size in (200, 300) for start in range(0, len(text) - size + 1, 19)]
    assert len(windows) >= 9
    assert set(languages(detector, [*windows, text])) == {language}


@pytest.mark.parametrize("language", PROSE)
def test_forty_characters_are_nearly_always_enough(detector, language):
    # Every third: all of them pass too, and take three times as long.
    windows = [text[start : start + SHORT] for text in PROSE[language] for start in range(0, len(text) - SHORT + 1, 3)]
    wrong = [w for w, found in zip(windows, languages(detector, windows), strict=True) if found != language]
    assert len(wrong) <= 0.01 * len(windows), wrong[:5]


@pytest.mark.parametrize("language", PROSE)
def test_whole_prose_is_told_with_confidence(detector, language):
    (detection,) = detector.detect([PROSE[language][0]])
    assert detection.language == language
    assert 0.8 <= detection.confidence <= 1.0


@pytest.mark.parametrize(
    "text", ["", " \n\u3000", "2026-11-20 12:30", "１２３４", "！？。…", "😀🎉", "https://example.com/a", "@name #tag"]
)
def test_without_letters_the_language_is_unknown(detector, text):
    assert detector.detect([text]) == [("und", 0.0)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("中国外交部发言人在记者会上说，网络流行语“の”字被广泛使用，很多店名写成“优の良品”，这种现象值得关注。", "zh"),
        ("G7広島サミット、AI規制でOECDやGPAIと連携へ ChatGPT・Geminiの利用拡大", "ja"),
        ("ﾄﾗﾝﾌﾟ大統領ｶﾞｿﾘﾝ税", "ja"),
        ("ありがとう", "ja"),
        ("ニュース", "ja"),
        ("서울에서 열린 G20 회의", "ko"),
        ("Українські війська відбили атаку", "uk"),
        ("دولت ایران گزارش داد که گفتگوها پایان یافت", "fa"),
        ("Ｔｈｅ　ｔｏｗｎ　ｃｏｕｎｃｉｌ　ｈａｓ　ｖｏｔｅｄ", "en"),
        ("Η κυβέρνηση ανακοίνωσε νέα μέτρα", "el"),
        ("รัฐบาลประกาศมาตรการใหม่", "th"),
    ],
)
def test_scripts_and_telling_letters(detector, text, language):
    assert languages(detector, [text]) == [language]


def test_the_same_text_gets_the_same_answer_in_any_order_and_company(detector):
    texts = [text[:SHORT] for pair in PROSE.values() for text in pair] + ["Peking Tokio Seoul", ""]
    first = detector.detect(texts)
    assert detector.detect(texts) == first
    assert ScriptDetector().detect(texts[::-1])[::-1] == first
    assert [ScriptDetector().detect([text])[0] for text in texts] == first


def test_kanji_headings_do_not_make_a_japanese_article_chinese(detector):
    kinds = dict.fromkeys((0, 2, 4), Kind.HEADING)
    texts = ("漁業組合水温観測開始", PROSE["ja"][0], "今後課題", PROSE["ja"][1], "関連資料一覧")
    found = detect_article(article(*texts, kinds=kinds), detector)
    assert found.language == "ja"
    assert {block.language for block in found.blocks} == {"ja"}
    assert found.confidence == 1.0


def test_many_short_kanji_lines_around_one_japanese_sentence(detector):
    lines = ["外務省報道発表", "日米首脳会談結果概要", "経済安全保障推進法", "防衛力整備計画", "二〇二六年十一月二十日"]
    found = detect_article(
        article(*lines, "両首脳は来年の訪問について話し合い、日程を調整することで合意した。"), detector
    )
    assert found.language == "ja"


def test_a_chinese_article_that_quotes_japanese_stays_chinese(detector):
    quoting = "店主把招牌写成“鲜の生活”，她说这样显得“かわいい”，年轻人喜欢。"
    found = detect_article(article(PROSE["zh"][0], quoting, PROSE["zh"][1]), detector)
    assert found.language == "zh"


def test_a_long_paragraph_in_another_language_keeps_its_own(detector):
    found = detect_article(article(PROSE["ja"][0], PROSE["en"][0][:250], PROSE["ja"][1], "Hello there"), detector)
    assert found.language == "ja"
    assert [block.language for block in found.blocks[:3]] == ["ja", "en", "ja"]


def test_a_short_line_takes_the_language_of_its_article(detector):
    found = detect_article(article("Tokyo Governor", PROSE["ja"][0], "2026"), detector)
    assert [block.language for block in found.blocks] == ["ja", "ja", "ja"]


def test_the_stage_warns_of_an_unknown_language_and_keeps_the_article(detector):
    brief = Brief(
        name="b", title="t", date=date(2026, 1, 1), articles=(article("2026 11 20"), article(PROSE["ja"][0]), article())
    )
    done = detect(brief, detector)
    assert [a.language for a in done.articles] == ["und", "ja", "und"]
    assert [(p.source, p.stage, p.severity) for p in done.problems] == [("in/a.txt", "detect", Severity.WARNING)] * 2


def test_the_null_detector_says_japanese():
    assert NullDetector().detect(["a", ""]) == [("ja", 1.0)] * 2
