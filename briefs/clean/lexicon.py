"""What page furniture says: one pattern a class, matched against a line after NFKC. Japanese first, then English and Chinese.

The classes are features of the line tagger (see `tagger`) and the reasons it gives for removing a line. They name what
a line talks about, not what becomes of it: a heading may say 「ランキングの裏側」 and stay, since its neighbours decide too.
"""

import re

_DATE = (
    r"(?:(?:19|20)\d{2}\s*[年/.\-]\s*\d{1,2}\s*[月/.\-]\s*\d{1,2}日?|令和\s*(?:元|\d{1,2})年\s*\d{1,2}月\s*\d{1,2}日"
    r"|\d{1,2}月\d{1,2}日|\d{1,2}/\d{1,2}\s*[((]|\d{1,2}\s(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?,?\s(?:19|20)\d{2}"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s\d{1,2},?\s(?:19|20)\d{2})"
)
_NAME = r"[一-鿿々ヶァ-ヴー][一-鿿々ヶぁ-んァ-ヴー・]{0,8}[\s ]?[一-鿿々ぁ-んァ-ヴー・]{0,8}"

CLASSES: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "share": r"シェア|ツイート|ポスト(?:する|$)|はてな|ブックマーク|facebook|twitter|\bline\b|LINEで|pocket|tumblr|instagram|"
        r"リンクをコピー|URLをコピー|コピーしました|印刷|メールで送る|^(?:x|tweet|share|print|email|copy link)$|分享|微信|微博",
        "login": r"ログイン|ログアウト|会員登録|会員限定|有料会員|有料記事|無料会員|無料登録|新規登録|新規取得|購読|マイページ|フォロー|"
        r"読者になる|続きを読む|続きは|残り\s?[\d,]+\s?文字|会員になる|subscribe|sign (?:in|up)|log ?in|register|newsletter|登录|注册|订阅",
        "copyright": r"©|\(c\)|copyright|all rights reserved|無断転載|無断複製|転載を禁|著作権|版权所有|转载",
        "related": r"関連(?:記事|ニュース|リンク|トピック|キーワード|動画|論考|情報|商品|ページ|する記事)|あわせて読|合わせて読|こちらも|おすすめ|オススメ|"
        r"お勧め|ピックアップ|注目(?:の|記事|ワード)|次に読|他の記事|新着(?:記事|情報)?|最新(?:記事|ニュース|の)|最近の(?:記事|投稿)|"
        r"バックナンバー|記事一覧|トピックス|特集|連載一覧|この(?:著者|執筆者|筆者|連載)の|\brelated\b|read more|more from|recommended|"
        r"you (?:may|might) (?:also )?like|latest|trending|相关阅读|相关新闻|延伸阅读|推荐阅读|热门",
        "ranking": r"ランキング|人気(?:の|記事)|アクセス(?:数|ラン)|よく読まれ|most (?:read|popular)|popular|デイリー|ウイークリー|週間|月間|24時間|排行",
        "ad": r"\bPR\b|【PR】|\[PR\]|\bAD\b|^広告|広告(?:を|の|$)|スポンサー|プロモーション|タイアップ|sponsored|advertis|广告|キャンペーン|お得",
        "nav": r"^ホーム|^トップ|\bhome\b|メニュー|一覧(?:へ|を見る|は|$)|次(?:の|へ)(?:ページ|記事)?|前(?:の|へ)(?:ページ|記事)|ページ(?:の先頭|トップ|上部)|"
        r"先頭へ|上へ戻る|戻る|スキップ|本文へ|移動$|検索|サイトマップ|目次|もっと見る|すべて(?:見る|表示)|閉じる|開く|表示する|"
        r"skip to|next|previous|menu|search|contents|首页|返回|上一篇|下一篇|pages?$",
        "policy": r"利用規約|プライバシー|個人情報|特定商取引|会社(?:概要|案内)|運営会社|運営者|サイトポリシー|お問い?合わせ|ヘルプ|よくある質問|"
        r"採用|広告掲載|クッキー|cookie|について$|同意|推奨環境|FAQ|privacy|terms|contact|about|联系我们|关于我们|免责",
        "comment": r"コメント|返信|いいね|スキ\b|共感|拍手|感想|トラックバック|この記事は(?:いかが|役に)|役に立(?:った|ち)|レビュー|アンケート|"
        r"leave a reply|comments?\b|repl(?:y|ies)|评论|留言|点赞",
        "tag": r"^#|^#|タグ[::]?|カテゴリ|カテゴリー|ラベル|アーカイブ|キーワード|テーマ[::]|ジャンル|tags?\b|categor(?:y|ies)|archives?|标签",
        "caption": r"撮影|写真[==/:((]|^写真|画像(?:提供|説明|[::=]|は)|^画像|フォト|提供写真|\bphoto\b|getty|reuters/|\bAFP\b|AP/アフロ|アフロ|"
        r"(?:時事|共同|ロイター|提供|資料写真)[))]?$|【図解】|【写真】|図表?\s?\d|[左右中央]から|\([左右手前奥中央]+\)|[==](?:\d{4}年)?\d{1,2}(?:月\d{1,2})?日|"
        r"イラスト|出典[::]|出所[::]|資料[::]|image[:]?|图片|图为|摄",
        "profile": r"プロフィール|著者|執筆|筆者(?:紹介|プロ)|この記事を書いた|書いた人|生まれ[。、]|年生(?:まれ)?|卒(?:業|。)|を経て|著書|入社|研究員|"
        r"専門は|専門分野|現職|略歴|about the author|is a (?:senior|research|fellow|professor)|作者简介",
        "byline": rf"(?:^|[\s((【])(?:取材|文|構成|執筆|聞き手|編集|翻訳|訳|記者|著者|作成者|投稿者|書いた人|責任編集|by)[・文写真構成撮影\s]*[/:=/::]|記者\s?[】)\]]?$|"
        rf"^by\s[A-Z]|编辑|责编|记者\s|^{_NAME}(?:記者|特派員|論説委員|編集委員)$",
        "date": _DATE
        + r"|\d{1,2}:\d{2}|\d{1,2}時\d{1,2}分|\d+\s?(?:時間|分|日|か月|年)前|更新日?|公開日?|配信|掲載日?|投稿日|updated|published|发布",
        "box": r"この記事(?:を読むと|の(?:ポイント|要点|内容|概要))|わかること$|ざっくり|^要約|^要点|^(?:.{0,4})ポイント$|3行|key (?:points|takeaways)|at a glance|"
        r"お知らせ|ご案内|ご意見|募集",
        "closing": r"まとめ$|^おわりに|^結び|^結論|^最後に|^さいごに",
        "contact": r"TEL|電話|FAX|E-?mail|〒|直通|内線|代表電話|フリーダイヤル|担当(?:者|課)?[::]|問い?合わせ先|住所|所在地|平日|受付",
        "file": r"PDF|\d+\s?KB|\d+\s?MB|ダウンロード|download|Excel|PowerPoint|動画,?\s|音声",
        "magazine": r"\d+月\d+日号|月号|発売(?:中|日)?|定期購読|本誌|別冊|MOOK|バックナンバー|雑誌|書籍|Amazon|楽天|価格|税込|出版|書房|新書|文庫|メールマガジン|メルマガ|magazine",
        "request": r"(?:ください|下さい|お願い(?:いた)?します|いただけます|いただき|できます|されています|ご覧|ご利用|お申し込み|お読み|無料です|こちら(?:から|へ|で|$))",
        "note": r"^(?:※|\*|注[\d):]|\(注|\[\d+\]|【注)|文中敬称略|この記事は.{0,40}(?:転載|翻訳|掲載|再掲|配信)|本稿は|本記事は|訳注|编者按",
        "counter": r"^[\s\d,.::/%%位件本人円年月日()()\-–—↑↓▲▼→←]+$",
        "number": r"^\s*(?:第?\d{1,2}位?[.)]?|[①-⑳]|No\.?\s?\d+)\s*$",
        "ranked": r"^\s*\d{1,2}(?:位|[.)]|[\s \t]+)[^\d\s]",
        "bullet": r"^\s*(?:[・•●○◆◇■□▼▲▶►★☆◎✓✔‣*\-–—]|[①-⑳]|[((]?\d{1,2}[))..、][^\d]|[((][a-zア-ンイ-ヴ一二三四五六七八九十][))])",
        "crumb": r"[>»›▶→≫]\s*[^\s>]|^[>»›]$|[||]|\t|(?:^|(?<=\s))(?:\S{1,20}\s{1,3}){3,}\S{1,20}$|(?:^|(?<=\s))(?:\S{1,20}\s/\s){2,}",
        "url": r"https?://|www\.|\.(?:com|co\.jp|jp|org|net)\b|@\w",
        "question": r"[??]$",
        "ellipsis": r"(?:…|\.\.\.|。。。|・・・)[」』】]?$",
        "quote": r"^[「『“\"].*[」』”\"][。.]?$",
        "dash": r"^(?:――|──|—|--)",
        "speaker": r"^(?:Q|A|問|答|記者|大臣|司会|編集部)[\d..::\s]|^[一-鿿]{1,4}[  ]\S",
        "bracket": r"^(?:【[^】]*】|\[[^\]]*\]|<[^>]*>|《[^》]*》)",
        "id": r"^@|\bid:|^[\w.*]{3,}\*{2,}|\(id",
        "name": rf"^{_NAME}(?:さん|氏|\s?[((][^))]*[))])?$",
        "site": r"(?:新聞|ニュース|通信社?|オンライン|ドットコム|デジタル|NEWS|ONLINE|JAPAN|JOURNAL|TIMES|POST|研究所|財団|出版社?|株式会社|放送|テレビ|WEB|ウェブ|日報)$",
        "paging": r"^\s*\d+\s*/\s*\d+|^(?:\d\s+){2,}\d?$|ページ目|\d+ページ|page \d",
    }.items()
}

# Whole lines that are never part of an article.
STOCK = re.compile(
    r"(?:【?(?:広告|PR|AD|スポンサーリンク|関連(?:記事|リンク|ニュース|動画|トピックス?|キーワード|タグ|ワード)|あわせて読みたい|合わせて読みたい|こちらも(?:おすすめ|オススメ)|"
    r"おすすめ(?:記事|の記事)?|人気(?:記事|の記事)?(?:ランキング)?|(?:アクセス|総合|記事)?ランキング|新着記事?|最新記事|ニュース速報|コメント(?:する|を書く|を残す|欄)?|返信(?:する)?|"
    r"シェア(?:する)?|ツイート(?:する)?|ポスト(?:する)?|保存|印刷(?:する)?|ログイン|会員登録|無料会員登録|新規会員登録|メニュー|検索|閉じる|もっと見る|続きを読む|全文表示|"
    r"次の?ページ|前の?ページ|次へ|前へ|トップ(?:ページ)?|ホーム|目次|タグ[::]?|カテゴリー?|プロフィール|著者プロフィール|執筆者プロフィール|ページ(?:の先頭|トップ)へ(?:戻る)?|"
    r"お問い?合わせ|利用規約|プライバシー(?:ポリシー)?|サイトマップ|会社概要|運営会社|ヘルプ|フォロー(?:する|中)?|いいね!?|スキ|X|Facebook|LINE|はてなブックマーク|"
    r"クリップ(?:する)?|メール|リンクをコピー|投稿|ラベル|アーカイブ|月別アーカイブ|最近の(?:投稿|記事|コメント)|"
    r"advertisement|share|tweet|subscribe|sign (?:in|up)|read more|related(?: articles| stories)?|most read|comments?|print|email|menu|search|home|"
    r"相关阅读|相关新闻|分享到[::]?|首页|登录|注册|返回顶部|责任编辑[::].*)】?)"
    r"|(?:\d+\s*/\s*\d+\s*(?:pages?|ページ)?|\d+ページ目?|この記事は有料.*|残り\s?[\d,]+\s?文字.*|画像(?:提供|説明)[,、::].*|タイトルとURLをコピーしました"
    r"|スキップして(?:メイン ?)?コンテンツに移動|.*を表示しています|スポンサードリンク|f:id:.*|[-=_*・~─―]{3,})",
    re.IGNORECASE,
).fullmatch

# Lines that say outright what begins below them. The tagger learns how far their reach goes.
MARKERS = (
    "related",
    "ranking",
    "comment",
    "profile",
    "box",
    "magazine",
    "tag",
    "ad",
    "login",
    "contact",
    "note",
    "copyright",
)

PROSE_END = re.compile(
    r"(?:[ぁ-んー](?:[。.!!??][」』))]?|[。]?[」』])|[一-鿿ァ-ヴ々][。]|[。][」』))]?|[a-z0-9\"”’)%][.!?][\"”’)]?|[\u4e00-\u9fff][。!?!?][”」]?)(?:\s*[((\[][^))\]]{1,12}[))\]])?$"
)
POLITE = re.compile(r"(?:です|ます|ました|でした|ません|でしょう|ましょう)[。」!!]?$")
DATE = re.compile(_DATE)
