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
