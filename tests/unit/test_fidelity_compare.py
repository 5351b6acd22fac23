"""What is flagged, and above all what is not."""

import pytest

from briefs.fidelity import check_lines, compare, fault_score, repair


def codes(source, translation):
    return [flag.code for flag in compare(source, translation)]


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("10億ドルを投じた。", "It spent $1 billion."),
        ("10億ドルを投じた。", "It spent 1 billion dollars."),
        ("10億ドルを投じた。", "It spent 1,000 million dollars."),
        ("3割が賛成した。", "30% were in favor."),
        ("3割が賛成した。", "Three in ten were in favor."),
        ("3割が賛成した。", "About a third were in favor."),
        ("1月に始まった。", "It began in January."),
        ("今月17日に署名した。", "It was signed on the 17th."),
        ("今月17日に署名した。", "It was signed on January 17."),
        ("17日に署名した。", "It was signed on Tuesday."),
        ("半数が反対した。", "Half were opposed."),
        ("2人が死亡した。", "Both died."),
        ("1人が死亡した。", "A man died."),
        ("初の会談だった。", "It was the first meeting."),
        ("数十人が集まった。", "Dozens gathered."),
        ("数千人が集まった。", "Thousands gathered."),
        ("24時間続いた。", "It lasted a day."),
        ("10年続いた。", "It lasted a decade."),
        ("2倍になった。", "It doubled."),
        ("3倍になった。", "It tripled."),
        ("1.5倍になった。", "It rose by 50%."),
        ("3分の2を占めた。", "It made up two-thirds."),
        ("第2次世界大戦が終わった。", "World War II ended."),
        ("令和7年に成立した。", "It was passed in 2025."),
        ("24年6月に署名した。", "It was signed in June 2024."),
        ("午後3時半に始まる。", "It starts at 3:30 p.m."),
        ("15時に始まる。", "It starts at 3 p.m."),
        ("1〜3月期は減った。", "It fell in the first quarter."),
        ("80年代に始まった。", "It began in the 1980s."),
        ("50代の女性だ。", "She is in her fifties."),
        ("127億4000万円に上った。", "It came to about 12.7 billion yen."),
        ("日米韓3カ国は合意した。", "Japan, the United States and South Korea agreed."),
        ("F-16を供与した。", "It supplied F16 jets."),
        ("ロシアが非難した。", "The Russian side denounced it."),
        ("ゼレンスキー大統領が訪れた。", "President Zelenskyy visited."),
        ("行かなければならない。", "We must go."),
        ("事実に違いない。", "It must be true."),
        ("円相場は1ドル=150円台になった。", "The yen reached the 150 range to the dollar."),
        ("日経平均は836円52銭高の3万9098円68銭だった。", "The Nikkei average closed at 39,098.68, up 836.52 yen."),
        ("2日半止まった。", "It was down for two and a half days."),
        ("週4.5日制を求めた。", "They demanded a four-and-a-half-day workweek."),
        ("週休3日制を試した。", "It tried a four-day workweek."),
        ("300分の1に減った。", "It fell to one three-hundredth."),
        ("残る3分の1は大統領が決める。", "The remaining third is up to the president."),
        ("資料:厚生労働省(令和6年)", "Source: Health Ministry (2024)"),
        ("禁錮1年6カ月とした。", "The sentence was 18 months."),
        ("坂口氏ら3人が受賞した。", "Sakaguchi and two others won."),
        ("瀬戸など六つの産地を古窯と呼ぶ。", "Seto, Tokoname and four other centers are called the six old kilns."),
        ("24時間の監視を続けた。", "They kept up a round-the-clock watch."),
        ("全体の2割に満たない。", "It is fewer than 20% of all."),
        ("慎重な姿勢を崩さない。", "It is maintaining its cautious stance."),
        ("どの方法でも構わない。", "Any method will do."),
        ("見ているだけで何もできなかった。", "All they could do was watch."),
        ("自宅はもちろん、職場も被害を受けた。", "Not just his home but his workplace was damaged."),
        ("20万円以下の過料に処する。", "A fine of not more than 200,000 yen shall be imposed."),
        ("検察は起訴を見送った。", "Prosecutors decided not to indict."),
        ("ラオスの古都を訪れた。", "He visited the old Laotian capital."),
        ("オーストラリア・シドニーの学校だ。", "It is a school in Sydney."),
        ("憲法49条3項を使う。", "It will use Article 49.3 of the constitution."),
        ("憲法49条3項を使う。", "It will use paragraph 3 of Article 49."),
        ("2024.11.20に発表した。", "It was announced on November 20, 2024."),
        ("男子100メートル2位だった。", "He was second in the men's 100 meters."),
        ("第二十三条通知を出した。", "It gave notice under Article 23."),
        ("第九条通商条約を結んだ。", "It concluded a treaty on trade under Article 9."),
        ("(単位:億円)", "(Unit: 100 million yen)"),
        ("ダウ工業株30種平均は下げた。", "The Dow Jones industrial average fell."),
        ("令和6(2024)年度の赤字だ。", "It is the deficit of fiscal 2024."),
        ("1ドル=145円で、1円動くと増える。", "At 145 yen to the dollar, it rises with every 1 yen."),
        ("終値3万8915円87銭を上回った。", "It rose over the closing price of 38,915.87."),
        ("20倍以上に増えた。", "It increased more than twentyfold."),
        ("25年越しの交渉だ。", "They are quarter-century-long negotiations."),
        ("経済は3割強、民主主義は3割台半ばだ。", "It is just over 30% for the economy, and 35% for democracy."),
        ("完成まで10年前後かかる。", "It takes about 10 years."),
        ("ナノは10億分の1だ。", "Nano is one-billionth."),
        ("明るい兆しもないわけではない。", "There are some bright signs."),
        ("費用は変わらない。", "The cost is the same."),
        (
            "輸入量は前年同期比6.2%減の1480万トンだった。",
            "Imports came to 14.8 million tons, 6.2% less than a year earlier.",
        ),
        ("輸出は前年を3割上回った。", "Exports were up 30% after a fall in 2024."),
        ("韓国と北朝鮮は近い。", "Korea and North Korea are close, and more and more so."),
        ("ニューヨーク市とニューヨーク州が争う。", "New York City and New York State are in dispute."),
        (
            "24年6月に甲と、今月17日に乙と署名した。",
            "It signed with one in June 2024 and with the other on January 17.",
        ),
        ("v0.21.1と1.2.3を出した。", "It released v0.21.1 and 1.2.3."),
        ("六条院で催した。", "It was held at the Rokujo-in."),
        ("2、3日以内に帰る。", "He will be back in a few days."),
        ("社会に欠かすことができない。", "It is vital to society."),
        ("", ""),
        ("※", ""),
    ],
)
def test_right_translations_pass(source, translation):
    assert codes(source, translation) == []


@pytest.mark.parametrize(
    ("source", "translation", "code"),
    [
        ("30億円を失った。", "It lost 300 million yen.", "amount"),
        ("30億円を失った。", "It lost 30 billion yen.", "amount"),
        ("1億2000万人が暮らす。", "100 million people live there.", "amount"),
        ("約2万5300人が来た。", "About 25,000 people came.", "amount"),
        ("3万人が集まった。", "People gathered.", "amount"),
        ("30億円を失った。", "It lost $3 billion.", "currency"),
        ("3.4%増えた。", "It rose 34%.", "percent"),
        ("6割を占める。", "It accounts for 6 percent.", "percent"),
        ("3分の1を占める。", "It accounts for a quarter.", "percent"),
        ("24年6月に署名した。", "It was signed in June 2014.", "date"),
        ("24年6月に署名した。", "It was signed in July 2024.", "date"),
        ("17日に署名した。", "It was signed on the 7th.", "date"),
        ("午後3時半に始まる。", "It starts at 4:30 p.m.", "date"),
        ("4隻が入った。", "Three ships entered.", "count"),
        ("158日連続だった。", "It was 58 days in a row.", "count"),
        ("数万人が集まった。", "Several people gathered.", "amount"),
        ("F-16を供与した。", "It supplied F-15 jets.", "name"),
        ("ゼレンスキー大統領が訪れた。", "The chairman visited.", "name"),
        ("簡単ではない。", "It is easy.", "negation"),
        ("24年6月に甲と、今月17日に乙と署名した。", "It signed with both on June 17, 2024.", "count"),
        ("両氏は会談した。", "Xi and Xi held talks.", "repetition"),
        ("両国は合意した。", "It was agreed between North Korea and North Korea.", "repetition"),
        ("方針は変わらない。", "The policy will change.", "negation"),
        (
            "輸入量は前年同期比6.2%減の1480万トンだった。",
            "Imports rose 6.2% from a year earlier to 14.8 million tons.",
            "negation",
        ),
        ("輸出は前年を3割上回った。", "Exports fell 30% from the previous year.", "negation"),
        ("姿勢を崩さない。", "He will give up his stance.", "negation"),
        ("2割を失った。", "For the first time in two years, much was lost.", "percent"),
        ("9秒58で優勝した。", "He won in 9 seconds.", "count"),
        ("3分の1を占める。", "It was a fifth of sales in the third quarter.", "percent"),
        ("5社が破綻した。", "Four other companies collapsed.", "count"),
        ("8人が死亡した。", "Eight people and five other children died.", "extra"),
        ("12人が賛成した。", "12 of 900 agreed.", "extra"),
        ("3億円の損失を開示した。", "It disclosed a loss of 300 million.", "currency"),
        ("2024.11.20に発表した。", "It was announced.", "date"),
        ("1万2000年ぶりだ。", "It is the first in 2,000 years.", "amount"),
        ("ロシアが提案した。", "Putin proposed it.", "name"),
        ("会談は成功した。", "The talks did not succeed, and 400 people left.", "extra"),
        ("彼は東京に行った。", "He went to 東京.", "leftover"),
        ("彼は東京に行った。", " ", "empty"),
        ("彼は東京に行った。", "He went, he went, he went, he went.", "repetition"),
        ("政府は安全保障政策を抜本的に見直す方針を固めた。", "Yes.", "length"),
    ],
)
def test_wrong_translations_are_flagged(source, translation, code):
    assert code in codes(source, translation)


def test_a_flag_names_the_figure_and_its_english():
    (flag,) = compare("30億円を失った。", "It lost 300 million yen.")
    assert (flag.source, flag.rendering) == ("30億円", "3 billion yen")
    assert flag.message == "30億円 (3 billion yen) is not in the translation"


@pytest.mark.parametrize(
    ("source", "translation", "repaired"),
    [
        ("30億円を失った。", "It lost 300 million yen.", "It lost 3 billion yen."),
        ("1億2000万人が暮らす。", "12 million people live there.", "120 million people live there."),
        ("10億ドルを投じた。", "It spent $10 billion.", "It spent $1 billion."),
        ("30億円を失った。", "It lost 3 billion yen.", None),
        ("30億円を失った。", "It lost money.", None),
        ("30億円を失った。", "It lost 400 million yen.", None),
        ("30億円と5億円を失った。", "It lost 300 million yen and 50 million yen.", None),
        ("30億円を失った。", "Three men lost it.", None),
        ("30億円を失った。", "It lost $300 million.", None),
    ],
)
def test_only_a_certain_slip_is_repaired(source, translation, repaired):
    assert repair(source, translation) == repaired


def test_the_score_orders_candidates():
    source = "30億円を失った。"
    right, slip, empty = (fault_score(source, t) for t in ("It lost 3 billion yen.", "It lost 30 billion yen.", ""))
    assert right == 0 < slip < empty


def test_lines():
    flags = check_lines(["3人が死亡した。", "3万人だ。"], ["Three died.", "30,000."])
    assert flags == [[], []]
    with pytest.raises(ValueError, match="shorter"):
        check_lines(["一"], [])


@pytest.mark.parametrize(
    ("source", "translation", "flagged"),
    [
        ("9月28日(土)に始まる。", "It starts on Saturday, September 29.", True),
        ("9月28日(土)に始まる。", "It starts on Saturday.", True),
        ("28日に始まる。", "It starts on Saturday.", False),
        ("午後3時に始まる。", "It starts at 9 p.m.", True),
        ("20時に始まる。", "It starts at 8 p.m.", False),
        ("2022年3月に開く。", "It opens next year, in March 2012.", True),
        ("2、3時間待った。", "They waited a few hours.", False),
        ("2~3時間待った。", "They waited two or three hours.", False),
        ("50分の1だ。", "It is 50 times lower.", False),
        ("25万人が働く。", "A quarter-million people work.", False),
        ("1995〜1996年に起きた。", "It happened in 1995-96.", False),
        ("5千4百万人がいる。", "There are 54 million.", False),
        ("数十か所にある。", "They are in dozens of places.", False),
        ("9・5度だった。", "It was nine or five degrees.", True),
        ("6割が賛成した。", "Six percent were in favor.", True),
        ("45億121万円だった。", "It was 4 billion 501 million 210 thousand yen... no, 4,501,210,000 yen.", False),
    ],
)
def test_near_misses(source, translation, flagged):
    figures = [flag for flag in compare(source, translation) if flag.code not in ("extra", "negation")]
    assert bool(figures) is flagged
