# ruff: noqa: E501 - patterns read better whole, and Japanese counts double
"""Whether a translation turned a statement into its opposite; only the clearest cases are told."""

import re

# Endings that hold a negative form and deny nothing: must, no doubt, may, isn't it, only, not a few, cannot do without.
_AFFIRMING = re.compile(
    r"(?:なければ|なくては|なきゃ|ないと|なくちゃ)(?:なら|いけ|だめ|駄目|なりませ)?(?:ない|ません|ぬ|なかった)?|ざるを得(?:ない|なかった|ず|ません)?|に違いない|に(?:ほか|他)ならない|かもしれ(?:ない|ません|ず)|かも知れ(?:ない|ません)"
    r"|(?:ではない|じゃない|のではない|ないだろう|ないでしょう|ではありません)か|(?:で)?はないか|ないか(?=[。」?]|$)|しか[^。、]{0,20}(?:ない|なかった|ず|ません)|少なく(?:ない|ありません|とも|なかった)"
    r"|欠かすこと[がの]でき(?:ない|ず|ません)|欠かせ(?:ない|ません|ず)|避けられ(?:ない|ません)|やむを?得(?:ない|ず)|(?<!悔)や(?:まない|まず|まなかった)|後を絶た(?:ない|ず|なかった)|や(?:みません)|絶やさ(?:ない|ず|なかった)|(?:寸分|と)違わない|ないわけでは(?:ない|ありません)|ないはず[がは](?:ない|ありません)|皆無では(?:ない|ありません)|だけで何も[^。、]{0,8}(?:ない|なかった|ず|ません)|構わ(?:ない|ず|なかった|ません)|かまわ(?:ない|ず|ません)|顧みられ(?:ない|ず|なかった)|にとどまら(?:ない|ず)|だけで(?:は)?な(?:く|い)|のみならず|ばかりで(?:は)?な(?:く|い)|間もなく|まもなく"
    r"|わけにはいかない|言うまでもな|いうまでもな|ほど(?:では)?な|相次|絶え|思いがけな|とんでもな|仕方(?:が)?な|しかたな|もったいな|つまらな|何気な|さりげな"
    r"|ねばなら(?:ない|ぬ|ず|なかった|ん)|すみません|済みません|途方もな|見逃せな|かねな|(?:で|て)(?:は)?(?:ならな|なりません|しかたな|たまらな)|ずに(?:は)?(?:お|い)[から]な|引けを取ら|引けを取りま|足り(?:ない|ません)|まだ足り|でもいい"
    r"|ない(?:よう|ため|うち|まま|限り|もの|で|と|の)|なくなる|なくな(?:っ|り)|少ない|危ない|はかない|切ない|情けない|汚い|幼い|おさない|みっともない"
)
_DENYING = re.compile(
    r"(?:でき|出来|して|され|てい|ら|か|が|さ|た|ま|わ|め|け|れ|せ|べ|ね|ば|は|も|り|き|み|に|じ|ち|い)(?:なかった|ない|ません(?:でした)?)(?:と(?:述べ|語|話|し|の)[^、。]{0,12})?[。」]?$"
)
_ANY_JAPANESE = re.compile(
    r"ない|なく|なかっ|なし|無し|ず|ぬ|ざる|ません|まい|否|拒|反|禁|不|無|非|未|欠|失|避|防|止|断|違|外|難|困|しか|だけ|のみ|以外|ほか|異|別|誤|逆|例外|でも|な[。」と ]|な$|だめ|ダメ|ば|無い|もっとも|や|初めて|はじめて|ちゃ|いけ|駄|以下|以上|ぶり|年来|以来|るな|もちろん|上に|うえに|なさ|見送|"
    r"嫌|弱|減|消|脱|免|控|除|限|負|落|敗|没|却|対|嘘|偽|廃|撤|絶|乏|あり得|ありえ|過ぎ|すぎ|まだ|もはや|途|却|退|空|なん|じゃ|ねえ|ねぇ|へん|くせ|より|迷|悪|苦|疑|どころ|もの|が|のに|か|[?？]"
)
_ANY_ENGLISH = re.compile(
    r"\b(?:no|not|never|none|nor|neither|nothing|nobody|nowhere|cannot|without|hardly|scarcely|barely|rarely|seldom|few|fewer|under|below|slow\w*|slump\w*|rare|reluctant\w*|same|unchanged|constant|maintain\w*|insist\w*|stuck|poor|little|lack\w*|fail\w*"
    r"|den(?:y|ie)\w*|refus\w*|reject\w*|rul\w+ out|impossible|unable|miss\w*|absent|absence|only|unless|except|but|avoid\w*|prevent\w*|stop\w*"
    r"|ceas\w*|declin\w*|oppos\w*|against|yet|remain\w*|still|far from|beyond|less|difficult|hard|free|away|instead|rather|false|wrong|doubt\w*"
    r"|exclud\w*|void|insufficien\w*|deficien\w*|dunno|trouble\w*|last|defeat\w*|out of|end\w*|halt\w*|suspend\w*|zero|short of|too|anything but|stay\w*|keep\w*|kept|withh?[eo]ld\w*|forb\w+|ban\w*"
    r"|prohibit\w*|left|lost|los[es]\w*|dis\w{4,}|un\w{3,}|in\w{5,}|im\w{5,}|ir\w{5,}|il\w{5,}|non\w*|mis\w{4,}|\w+less|beyond|unlikely|limited|just|other than|deem\w*|forget\w*|or)\b|n't\b|\bain"
    , re.IGNORECASE,
)  # fmt: skip
_STRONG = re.compile(r"\b(?:not|never|cannot)\b|n't\b", re.IGNORECASE)


def lost_negation(source: str, translation: str) -> bool:
    """Does the source's last predicate deny while the translation has no word that could?"""
    plain = _AFFIRMING.sub("", source)
    return bool(_DENYING.search(plain)) and not _ANY_ENGLISH.search(translation)


def added_negation(source: str, translation: str) -> bool:
    """Does the translation deny while nothing at all in the source could be meant by it?"""
    return bool(_STRONG.search(translation)) and not _ANY_JAPANESE.search(source)


_FIGURE_JA = r"(?:%|パーセント|ポイント|割)(?:近く|超|余り|弱|強|以上|ほど|程度|台)?(?:の|も|と|ずつ)?(?:大幅に?)?"
_FALL_JA = re.compile(rf"{_FIGURE_JA}(?:減|低下|下落|下が|下回|縮小|落ち込|少な|安(?![定全])|低(?!い水準))")
_RISE_JA = re.compile(rf"{_FIGURE_JA}(?:増|上昇|上が|上回|伸び|拡大|多|高(?!齢|校))")
_ANY_FALL_JA = re.compile(
    r"減|下落|低下|下が|下げ|下回|縮|落|割れ|割り込|削|少な|安|低|負|引き下げ|マイナス|鈍|弱|悪|赤字|不足|損|割引|引"
)
_ANY_RISE_JA = re.compile(r"増|上昇|上が|上げ|上回|伸|拡|高|膨|超え|超|多|黒字|強|改善|加え|積み|最")
_FALL_EN = re.compile(
    r"\b(?:f[ae]ll\w*|down\w*|declin\w*|decreas\w*|drop\w*|low\w*|less|few\w*|below|shr[aiu]nk\w*|plung\w*|slump\w*|cut\w*|reduc\w*"
    r"|contract\w*|minus|los[est]\w*|slid\w*|tumbl\w*|smaller|narrow\w*|under\w*|halv\w*|weak\w*|short\w*|slow\w*|dip\w*|negative"
    r"|wors\w*|deficit\w*|trail\w*|slip\w*|sank|sink\w*|sh[eo]d\w*|slash\w*|trim\w*|retreat\w*|off|depreciat\w*|discount\w*|behind)\b|-\d"
    , re.IGNORECASE,
)  # fmt: skip
_RISE_EN = re.compile(
    r"\b(?:rose|ris\w+|up\w*|increas\w*|gr[eo]w\w*|gain\w*|high\w*|more|most|above|surg\w*|jump\w*|climb\w*|expan\w*|exceed\w*|over|top\w*"
    r"|soar\w*|sw[eo]ll\w*|doubl\w*|add\w*|rais\w*|boost\w*|larg\w*|bigger|outpac\w*|outstrip\w*|widen\w*|plus|strong\w*|advanc\w*"
    r"|improv\w*|accelerat\w*|record\w*|tripl\w*|extra|higher|great\w*|additional|beat\w*|surpass\w*|extend\w*|further|premium|longer|faster"
    r"|inflat\w*|push\w*|lift\w*|appreciat\w*|ahead|outnumber\w*)\b"
    , re.IGNORECASE,
)  # fmt: skip
_SAID_RISE = re.compile(
    r"\b(?:rose|rise[ns]?|increas\w*|up|grew|grow\w*|gain\w*|surg\w*|jump\w*|climb\w*)\b", re.IGNORECASE
)
_SAID_FALL = re.compile(
    r"\b(?:fell|fall\w*|down|declin\w*|decreas\w*|drop\w*|plung\w*|slump\w*|shr[aiu]nk)\b", re.IGNORECASE
)


def turned_around(source: str, translation: str) -> bool:
    """Did a fall by a percentage become a rise, or a rise a fall, with no word for the right one anywhere?"""
    if _FALL_JA.search(source) and not _ANY_RISE_JA.search(source):
        return bool(_SAID_RISE.search(translation)) and not _FALL_EN.search(translation)
    if _RISE_JA.search(source) and not _ANY_FALL_JA.search(source):
        return bool(_SAID_FALL.search(translation)) and not _RISE_EN.search(translation)
    return False
