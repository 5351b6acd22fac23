"""Surface cues that a sentence leans on another, talks about the article itself, or states a fact.

The lists are closed classes (demonstratives, connectives, discourse formulas), not topics: they hold for any subject.
A language without a list gets no cues, which neither helps nor harms its sentences.
"""

import re
from typing import NamedTuple

from briefs.brief import Sentence


class Cues(NamedTuple):
    """What the surface of a sentence shows; all False or 0 for a plain one."""

    orphan: bool = False
    connective: bool = False
    meta: bool = False
    hedged: bool = False
    truncated: bool = False
    acts: int = 0
    figures: int = 0
    names: int = 0


class _Patterns(NamedTuple):
    connective: re.Pattern[str]
    orphan: re.Pattern[str]
    meta: re.Pattern[str]
    hedged: re.Pattern[str]
    acts: re.Pattern[str]
    names: re.Pattern[str]


_JA = _Patterns(
    connective=re.compile(
        r"(?:しかし(?:ながら)?|だが|ただ(?:し)?(?=[、,])|ところが|とはいえ|もっとも|一方(?:で|、|,)|他方|その一方で|それでも|さらに|また(?=[、,])|加えて|"
        r"特に|とりわけ|そして|むしろ|なお|例えば|たとえば|つまり|すなわち|したがって|従って|まず(?=[、,])|次に|第[一二三四五1-5]に|最後に|"
        r"結論として|いずれにせよ|対照的に|併せて|このほか|そのうえで|でも(?=[、,])|とくに|同時に)[、,]?"
    ),
    orphan=re.compile(
        r"(?:これ(?!まで|から)|それ(?!ぞれ)|あれ|この(?!ほど)|その|こう(?!した機運)|そう|ここで|そこ|こちら|同(?:氏|社|国|省|庁|党|法|紙|誌|相|案|地域|大統領|首相)|"
        r"彼|両(?:者|氏|国|首脳|社|制度)|前者|後者|上記|前述|上述|以上の|以下|そんな|こんな|このため|そのため|必要なのは|内訳は|同日(?!選)|翌日|前日|当時)"
    ),
    meta=re.compile(
        r"ここでは|本稿|本記事|この記事|解説(?:します|する|していき)|紹介(?:します|していき)|見ていき|深掘り|整理し(?:ます|ていき)|"
        r"注視し|注目(?:される|されます|したい|です)|言えるでしょう|間違いありません|でしょうか|(?:いくつか|もう一つ)の.{0,12}(?:です|あります)|"
        r"耳にする|ご存[じ知]|皆さん|みなさん|[?？]」?$|まだ多くの"
    ),
    hedged=re.compile(
        r"可能性|かもしれ|でしょう|だろう|と(?:考え|思)われ|と考えられ|予感|懸念があり|と見る向き|影響を(?:与え|及ぼ)|インパクト"
    ),
    acts=re.compile(
        r"合意|一致し|署名|締結|決定|決め|発表|公表|表明|示し|述べ|語っ|指摘し|承認|可決|成立|開始|再開|停止|終結|実施|施行|導入|"
        r"供給|供与|提供|輸出|輸入|購入|支援し|派遣|配備|増額|拡大|削減|制裁|攻撃|要求|提案|拒否|約束|目指|方針|見込|増や|減ら|上回|下回"
    ),
    names=re.compile(
        r"[ァ-ヺー・]{3,}(?=氏|大統領|首相|外相|長官|大臣)|[一-鿿]{2,4}(?=氏|国家主席|首相|大統領|外相|相は|長官)|"
        r"[A-Z]{2,}|[ァ-ヺー]{4,}"
    ),
)
_EN = _Patterns(
    connective=re.compile(
        r"(?:however|but|yet|still|meanwhile|moreover|furthermore|also|and|so|in addition|for example|"
        r"for instance|therefore|thus|instead|rather|nevertheless|even so|as a result|in contrast|"
        r"on the other hand|similarly|finally)\b,? ?",
        re.IGNORECASE,
    ),
    orphan=re.compile(
        r"(?:this|that|these|those|it|its|he|his|she|her|they|their|such|both|here|there|"
        r"the (?:latter|former|same|move|two|pair|result))\b",
        re.IGNORECASE,
    ),
    meta=re.compile(
        r"\b(?:in|of) this (?:article|essay|report|section|post|piece)\b|\?[\"”]?$|"
        r"\bthis (?:article|section|report) \w+|\bremains to be seen\b|\bonly time will tell\b|"
        r"\bas we (?:will see|shall see)\b|\bread (?:more|on)\b",
        re.IGNORECASE,
    ),
    hedged=re.compile(r"\b(?:may|might|could|perhaps|possibly|likely|seems?|appears?)\b", re.IGNORECASE),
    acts=re.compile(
        r"\b(?:agreed|signed|announced|decided|approved|adopted|imposed|lifted|launched|pledged|promised|said|told|"
        r"warned|ordered|rejected|proposed|rose|fell|increased|cut|expanded|bought|sold|supplied|exported|imported|"
        r"plans? to|will|added|deployed)\b",
        re.IGNORECASE,
    ),
    names=re.compile(r"(?<=[a-z,] )[A-Z][\w.-]+(?: [A-Z][\w.-]+)*|\b[A-Z]{2,}\b"),
)
_ZH = _Patterns(
    connective=re.compile(
        r"(?:但是?|然而|不过|此外|另外|同时|而且?|因此|所以|例如|与此同时|相比之下|总之|首先|其次|最后|尤其是?|特别是)[,，、]?"
    ),
    orphan=re.compile(r"(?:这|那|该|此(?!外|次)|其(?!中|他|次)|他|她|它|双方|两国|上述|前者|后者)"),
    meta=re.compile(r"本文|下文|值得关注|值得注意的是|拭目以待|[?？]$|小编|一起来看"),
    hedged=re.compile(r"可能|或许|也许|恐怕|似乎|有望"),
    acts=re.compile(
        r"签署|达成|宣布|决定|通过|发布|表示|指出|批准|实施|启动|同意|承诺|提供|出口|进口|增长|下降|增加|减少|制裁|部署|要求"
    ),
    names=re.compile(
        r"[A-Z]{2,}|[一-鿿]{2,4}(?=总统|总理|外长|部长|主席|大使)|[一-鿿]{2,8}(?:部|会|中心|机构|组织|集团)(?=\d|发布|表示|宣布)"
    ),
)
_KO = _Patterns(
    connective=re.compile(r"(?:그러나|하지만|그런데|또한|한편|그리고|따라서|즉|예를 들어|특히),? ?"),
    orphan=re.compile(r"(?:이는|이에|이것|그는|그녀는|이러한|그러한|해당|양국|양측|이 (?:같은|때문))"),
    meta=re.compile(r"이 (?:글|기사)에서|알아보|살펴보|\?$"),
    hedged=re.compile(r"수 있다|것으로 보인다|가능성"),
    acts=re.compile(r"합의|서명|발표|결정|승인|밝혔|말했|제안|거부|수출|수입|증가|감소|제재"),
    names=re.compile(r"[A-Z]{2,}|[가-힣]{2,4}(?= 대통령| 총리| 장관)"),
)
_BY_LANGUAGE = {"ja": _JA, "en": _EN, "zh": _ZH, "ko": _KO}
_FIGURE = re.compile(r"\d[\d,.]*(?:[兆億亿万千百]+\d*)*")
_LEADING = re.compile(r"^[\s　・•\-*「『“\"(（]+")
_CUT = re.compile(r"(?:\.{3}|…)[」』”\")]?$")


def read_cues(sentence: Sentence) -> Cues:
    """The cues of one sentence, by the rules of its language."""
    text = _LEADING.sub("", sentence.text.strip())
    figures, cut = len(_FIGURE.findall(text)), bool(_CUT.search(text))
    patterns = _BY_LANGUAGE.get(sentence.language.split("-")[0])
    if patterns is None:
        return Cues(figures=figures, truncated=cut)
    connective = patterns.connective.match(text)
    rest = text[connective.end() :] if connective else text
    return Cues(
        orphan=bool(patterns.orphan.match(text) or patterns.orphan.match(rest)),
        connective=connective is not None,
        meta=bool(patterns.meta.search(text)),
        hedged=bool(patterns.hedged.search(text)),
        truncated=cut,
        acts=len(set(patterns.acts.findall(text))),
        figures=figures,
        names=len(set(patterns.names.findall(text))),
    )
