"""Everyday words of companies' names in scripts without blanks, as the normalised English words that they are.

Japanese, Chinese and Korean names join trade and name in one string (`チタン工業`, `华为技术`); these words are cut out of it and translated, the
rest is transliterated. Ordinary dictionary vocabulary; longest first.
"""

from __future__ import annotations

import re

_WORDS = {
    "ホールディングス": "holdings", "ホールディング": "holding", "グループ": "group", "ジャパン": "japan", "コーポレーション": "corporation", "カンパニー": "company",
    "システムズ": "systems", "システム": "system", "テクノロジーズ": "technologies", "テクノロジー": "technology", "エンジニアリング": "engineering",
    "サービス": "service", "ソリューションズ": "solutions", "ソリューション": "solution", "エレクトロニクス": "electronics", "インターナショナル": "international",
    "マーケティング": "marketing", "ソフトウェア": "software", "ソフト": "soft", "ケミカルズ": "chemicals", "ケミカル": "chemical", "マテリアルズ": "materials", "マテリアル": "material",
    "ファーマ": "pharma", "メディカル": "medical", "バイオ": "bio", "コンサルティング": "consulting", "コンサルタント": "consultant", "ネットワーク": "network", "エナジー": "energy",
    "ラボラトリーズ": "laboratories", "ラボラトリー": "laboratory", "研究開発": "research development", "総合研究所": "research institute", "研究所": "laboratory", "研究院": "research institute",
    "技術研究": "technology research", "技術開発": "technology development", "技術": "technology", "技研": "giken", "製作所": "seisakusho", "工作所": "kosakusho", "工業": "industry",
    "産業": "industry", "製薬": "pharmaceutical", "薬品": "pharmaceutical", "化学": "chemical", "電機": "electric", "電気": "electric", "電子": "electronics", "電力": "electric power",
    "建設": "construction", "機械": "machinery", "精機": "seiki", "食品": "foods", "鉱山": "mining", "商事": "trading", "銀行": "bank", "生命保険": "life insurance", "保険": "insurance",
    "大学": "university", "病院": "hospital", "協会": "association", "学会": "society", "開発": "development", "設計": "design", "印刷": "printing", "鉄道": "railway", "自動車": "motor",
    "通信": "communications", "情報": "information", "放送": "broadcasting", "出版": "publishing", "ゴム": "rubber", "ガス": "gas", "日本": "nippon", "中国": "china", "東京": "tokyo", "大阪": "osaka",
    "横浜": "yokohama", "京都": "kyoto", "名古屋": "nagoya", "北海道": "hokkaido", "国際": "international", "科学": "science", "製造": "manufacturing", "油脂": "oil fat", "製鉄": "steel", "製紙": "paper", "物産": "trading",
    "信息技术": "information technology", "信息科技": "information technology", "网络技术": "network technology", "生物科技": "biotechnology", "生物技术": "biotechnology", "生物": "bio",
    "科技": "technology", "技术": "technology", "股份": "", "电子商务": "e-commerce", "电子": "electronics", "电气": "electric", "电力": "electric power", "电信": "telecom", "网络": "network",
    "信息": "information", "软件": "software", "银行": "bank", "保险": "insurance", "大学": "university", "学院": "college", "医院": "hospital", "石油": "petroleum", "化工": "chemical",
    "医药": "pharmaceutical", "制药": "pharmaceutical", "药业": "pharmaceutical", "汽车": "motors", "工业": "industry", "产业": "industry", "国际": "international", "能源": "energy", "实业": "industrial",
    "投资": "investment", "建筑": "construction", "机械": "machinery", "设计": "design", "金融": "financial", "冶金": "metallurgical", "煤炭": "coal", "移动": "mobile", "通信": "communications",
    "北京": "beijing ", "上海": "shanghai ", "深圳": "shenzhen ", "广州": "guangzhou ", "广东": "guangdong ", "杭州": "hangzhou ", "南京": "nanjing ", "苏州": "suzhou ", "武汉": "wuhan ", "成都": "chengdu ",
    "天津": "tianjin ", "重庆": "chongqing ", "西安": "xian ", "浙江": "zhejiang ", "江苏": "jiangsu ", "山东": "shandong ", "湖南": "hunan ", "湖北": "hubei ", "四川": "sichuan ", "云南": "yunnan ", "广西": "guangxi ", "香港": "hong kong ",
    "은행": "bank", "대학교": "university", "대학": "university", "전자": "electronics", "연구소": "laboratory", "연구원": "research institute", "화학": "chemical", "제약": "pharmaceutical",
    "건설": "construction", "한국": "korea", "기술": "technology", "산업": "industry", "식품": "foods", "시스템": "system", "홀딩스": "holdings", "테크놀로지": "technology",
}  # fmt: skip
_PATTERN = re.compile("|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True)))
_IDEOGRAPH = re.compile("[\u3400-\u9fff]")


def translated(text: str) -> str:
    """The text with those words in English between blanks."""
    return _PATTERN.sub(lambda found: f" {_WORDS[found[0]]} ", text)


def spelt_by_sound(text: str) -> bool:
    """Whether what is left of a name after its everyday words tells its sound: ideographs do not."""
    return not _IDEOGRAPH.search(_PATTERN.sub("", text))
