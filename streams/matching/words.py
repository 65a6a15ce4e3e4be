"""General knowledge of the words in organisations' names: legal forms, kinds of organisation and trade, and what stands for what.

Legal forms are cleanco's collection (of Wikipedia's "List of legal entity types by country") and a few that it lacks. The other lists
are everyday vocabulary of several languages: words that thousands of companies share and that therefore tell none from another.
"""

from __future__ import annotations

import re
import unicodedata

from cleanco import termdata


def _joined(term: str) -> str:
    plain = "".join(one for one in unicodedata.normalize("NFKD", term.casefold()) if not unicodedata.combining(one))
    return re.sub(r"[^a-z0-9]", "", plain)


_NO_FORMS = frozenset(["uk", "nl", "at", "et", "ok", "da", "de", "sem", "sf", "pp", "sd", "ij", "ps", "sp", "psu", "stg", "ud", "ba", "mb", "private", "etat", "3at", "fa", "pt"])
"""Terms of cleanco that at the end of a name are more often something else: a country, a word, initials."""

LEGAL = (
    frozenset(
        _joined(term) for terms in (*termdata.terms_by_type.values(), *termdata.terms_by_country.values()) for term in terms if term.isascii()
    )
    - _NO_FORMS
    - {""}
) | frozenset(
    ["pvt", "pteltd", "ptyltd", "pty", "pte", "pvtltd", "privateltd", "privatelimited", "pcl", "publ", "publiccompanylimited", "publicltd", "publiclimited", "publicltdco", "coltd", "coinc", "companylimited", "companyinc", "kk", "yk", "gk", "kabushikikaisha", "kabushikigaisha", "goshigaisha", "godokaisha", "yugenkaisha", "gesellschaftmbh", "gmbhcokg", "gmbhcoohg", "cokg", "coohg", "cokgaa", "gesmbh", "mbh", "ev", "eg", "egen", "eingetragenergenossenschaft", "spzoo", "spolkaakcyjna", "spolkazoo", "sro", "spolsro", "asp", "doo", "dooel", "dd", "jsc", "ojsc", "cjsc", "pjsc", "ao", "pao", "oao", "zao", "ooo", "tov", "llp", "lllp", "pllc", "pbc", "srl", "srls", "spa", "sapa", "sarl", "sas", "sasu", "sa", "sacv", "sadecv", "sabdecv", "sapidecv", "srldecv", "sau", "slu", "slne", "sl", "eireli", "ltda", "me", "sca", "scarl", "scrl", "bv", "nv", "bvba", "cvba", "besloten", "naamlozevennootschap", "ab", "hb", "aktiebolag", "aktiengesellschaft", "asa", "as", "aps", "oy", "oyj", "ou", "as", "ehf", "hf", "kft", "zrt", "nyrt", "bt", "uab", "sia", "aktiebolaget", "tbk", "persero", "sdnbhd", "sdn", "bhd", "berhad", "fzco", "fzllc", "fze", "dmcc", "wll", "saog", "saoc", "sal", "sti", "as", "anonimsirketi", "ltdsti", "limitedsirketi", "sociedadanonima", "societeanonyme", "societaperazioni", "proprietarylimited", "nonprofit", "holdings", "holding", "hldgs", "hldg", "bancorp", "501c3", "ug", "haftungsbeschrankt", "youxiangongsi", "gufenyouxiangongsi", "jituanyouxiangongsi", "incorporated", "incorp", "inco", "zspo", "spzoospk", "kommanditgesellschaft", "vennootschap", "coop", "scoop", "epe", "ae"]
)
"""Legal forms with neither blanks nor signs, as they stand at the end of a name (`sp z o o` -> `spzoo`). A holding is the company that it holds."""

LEGAL_ANYWHERE = frozenset(
    ["gmbh", "ltd", "inc", "llc", "limited", "incorporated", "pvt", "pty", "sarl", "kabushikikaisha", "aktiengesellschaft", "ltda", "ooo", "zao", "oao", "ojsc", "cjsc", "pjsc", "bvba", "sdn", "bhd", "eurl"]
)
"""Forms that are nothing else wherever they stand: `Ericsson GmbH Eurolab`."""

LEGAL_FIRST = frozenset(["ooo", "oao", "zao", "ao", "pao", "pjsc", "ojsc", "cjsc", "jsc", "tov", "pt", "pp", "cv", "ud", "kk", "sc", "sociedade", "societe", "firma", "fondazione", "consorzio", "fondation"])
"""Forms that stand before the name, as in Russia, Indonesia and Japan."""

LEGAL_NATIVE = re.compile(
    "株式会社|有限会社|合同会社|合資会社|合名会社|一般社団法人|一般財団法人|公益社団法人|公益財団法人|独立行政法人|国立大学法人|社団法人|財団法人|医療法人|"
    "特定非営利活動法人|（株）|\\(株\\)|㈱|（有）|かぶしきがいしゃ|カブシキガイシャ|ゆうげんがいしゃ|"
    "集团股份有限公司|股份有限公司|有限责任公司|有限公司|集团公司|控股|集团|公司|股份|集團|股份有限公司|有限公司|"
    "주식회사|유한회사|\\(주\\)|㈜|（주）|\\(유\\)|그룹|재단법인|사단법인|شركة|مجموعة|"
    r"\b(?:ООО|ОАО|ЗАО|ПАО|НАО|АО|ТОВ|ПАТ|ПрАТ|ТзОВ|ФГУП|ФГБУ|ГУП|ИП|ВД|Α\.?Ε\.?|Ε\.?Π\.?Ε\.?)(?!\w)"
)
"""Forms in their own scripts, which have no blanks around them."""

STOP = frozenset(
    ["and", "the", "of", "for", "de", "la", "le", "les", "du", "des", "di", "da", "do", "dos", "das", "del", "della", "dello", "delle", "dei", "degli", "den", "der", "die", "das", "und", "et", "e", "y", "i", "el", "los", "las", "van", "von", "vom", "zu", "zur", "zum", "fur", "fuer", "och", "og", "ja", "a", "an", "in", "at", "on", "to", "by", "with", "en", "sur", "pour", "per", "para", "al", "ved", "voor", "het", "its", "d", "l", "s"]
)
"""Words without any meaning of their own; the lists of them are those of the languages' articles and prepositions."""

STEMS = {
    stem: forms.split()
    for stem, forms in (
        ("university", "univ uni universities universitat universitaet universite universidad universidade universita universiteit universitet universitetet universitas uniwersytet univerzita universitatea unversity universiy univeristy"),
        ("college", "colleges collegium"),
        ("institute", "inst institut instituto istituto institutes instituut institutet institution instytut institue institutions"),
        ("laboratory", "lab labs laboratories laboratoire laboratoires laboratorio laboratorios laboratori labor laboratorium"),
        ("technology", "tech technologies technologie technologien technologia technologias tecnologia tecnologias tecnologie technologi teknoloji tecnologica technolgies technological technologys technical technische technisch"),
        ("system", "systems sys systeme systemes sistemas sistemi systemer sistem"),
        ("network", "networks networking netw netzwerk reseau reseaux redes"),
        ("communication", "communications comm comms comunicaciones communicaciones comunicazioni comunicacao comunicacoes kommunikation"),
        ("telecommunication", "telecommunications telecoms telecomunicaciones telecomunicacoes telecomunicazioni telekomunikasyon telekommunikation telecomms telecomm telecomunication"),
        ("industry", "industries industrial ind industrie industria industriale industriel industrielle industrias kogyo sangyo"),
        ("pharmaceutical", "pharmaceuticals pharma pharmaceutica pharmaceuticos farmaceutica farmaceutici pharmaceutique pharmaceutiques farma pharm seiyaku"),
        ("biotechnology", "biotech biotechnologies biotechnologie biotecnologia biotek"),
        ("therapeutic", "therapeutics therapy therapies"),
        ("medical", "medicals medicine medicines medicina medizin medica"),
        ("international", "intl internacional internazionale internationale internationales internationals int"),
        ("national", "natl nacional nazionale nationale nationales"),
        ("association", "assoc assn associacao asociacion associazione asso associations"),
        ("associate", "associates"),
        ("department", "dept departement departamento dipartimento"),
        ("development", "developments dev entwicklung desarrollo developpement sviluppo desenvolvimento"),
        ("research", "rsch forschung forskning recherche recherches ricerca ricerche investigacion pesquisa pesquisas onderzoek reserch"),
        ("engineering", "engr engrg eng engg ingenierie ingenieria ingegneria engenharia engineers"),
        ("management", "mgmt managment mangement"),
        ("manufacturing", "mfg manufacturers manufacture manufacturer seisakusho"),
        ("service", "services svc svcs servicios servizi servicos servis"),
        ("solution", "solutions soluciones solucoes soluzioni loesungen"),
        ("software", "softwares"),
        ("science", "sciences scientific sci ciencia ciencias scienze wissenschaft wissenschaften scientifique scientifica"),
        ("product", "products produkte produits prodotti productos produtos"),
        ("enterprise", "enterprises entreprise empresa empresas"),
        ("center", "centre centro centrum zentrum centers centres"),
        ("group", "grp gruppe groupe grupo gruppo grupa groups gruppen koncern jituan"),
        ("school", "schools schule hochschule escola escuela ecole scuola"),
        ("government", "govt"),
        ("organisation", "organization org organizations"),
        ("society", "societies sociedad societa"),
        ("foundation", "fondation fundacion fundacao fondazione stiftung stichting stiftelse fundacio foundations"),
        ("electric", "electrics electrical elec denki elektrik electrique"),
        ("electronic", "electronics elektronik elektronica electronica elettronica electronique"),
        ("chemical", "chemicals chemie chimie chimica quimica chem kagaku"),
        ("instrument", "instruments"), ("semiconductor", "semiconductors"), ("component", "components"), ("device", "devices"),
        ("material", "materials"), ("resource", "resources"), ("partner", "partners"), ("consultant", "consultants consulting consultores consultancy consult"),
        ("brand", "brands"), ("food", "foods"), ("company", "companies co compagnie compania companhia cie"), ("study", "studies"), ("property", "properties"),
        ("home", "homes"), ("ministry", "ministerio ministere ministero ministerium"), ("bank", "banks banco banque banca"), ("game", "games"),
        ("airline", "airlines"), ("hospital", "hospitals ospedale krankenhaus klinikum clinic clinics hopital"), ("machine", "machines machinery"), ("work", "works"),
        ("motor", "motors"), ("energy", "energies energie energia"), ("oil", "oils"), ("technion", ""), ("tool", "tools"), ("part", "parts"), ("store", "stores"),
        ("operation", "operations operaciones"), ("business", "businesses"), ("project", "projects projekt"), ("publisher", "publishers publishing verlag editorial"),
        ("polytechnic", "polytechnique politecnico politecnica politecnic poly polytechnical polytechnics politechnika"),
        ("application", "applications appl applied"), ("bioscience", "biosciences"), ("biologic", "biologics biological"), ("logistic", "logistics"),
        ("facility", "facilities"), ("investment", "investments"), ("pharmacy", "pharmacies"), ("metal", "metals"), ("plastic", "plastics"),
    )
}
"""What is one word in names: numbers, abbreviations and languages of the same everyday word."""

CANONICAL = {form: stem for stem, forms in STEMS.items() for form in forms}

KINDS = frozenset(STEMS) | frozenset(
    ["academy", "academic", "agency", "air", "aerospace", "alliance", "analytics", "architecture", "asset", "audio", "authority", "automation", "automotive", "aviation", "banking", "bio", "biopharma", "biomedical", "board", "body", "branch", "broadcast", "broadband", "building", "bureau", "cable", "capital", "cancer", "care", "cell", "center", "chamber", "charter", "city", "civil", "clean", "clinical", "club", "co", "commerce", "commercial", "commission", "committee", "community", "computer", "computers", "computing", "computational", "conference", "connect", "consortium", "construction", "consumer", "control", "controls", "cooperative", "corp", "corporate", "cosmetics", "council", "credit", "creative", "customer", "cyber", "data", "database", "dairy", "defence", "defense", "dental", "design", "diagnostics", "digital", "direct", "direction", "director", "discovery", "distribution", "division", "drug", "dynamics", "eco", "economic", "education", "educational", "embedded", "employer", "environment", "environmental", "equipment", "eurolab", "europe", "exchange", "experts", "express", "fabrication", "faculty", "farm", "farms", "fashion", "federal", "federation", "fiber", "field", "film", "finance", "financial", "fintech", "firm", "fishery", "fisheries", "fitness", "flight", "forum", "freight", "fund", "funds", "furniture", "gas", "general", "genetics", "genomics", "global", "gold", "graduate", "graphics", "green", "growth", "hardware", "health", "healthcare", "heavy", "help", "high", "higher", "hospitality", "hosting", "hotel", "hotels", "house", "housing", "human", "hydro", "image", "imaging", "import", "export", "informatics", "informatica", "information", "informatik", "infrastructure", "ingenieure", "initiative", "innovation", "innovations", "innovative", "innovation", "insurance", "integrated", "integration", "intelligence", "intelligent", "interactive", "internet", "inter", "invest", "ip", "it", "join", "joint", "journal", "knowledge", "land", "law", "leasing", "learning", "library", "life", "light", "limited", "line", "lines", "live", "local", "logic", "machinery", "main", "marine", "maritime", "market", "marketing", "markets", "materials", "mechanical", "mechanics", "media", "micro", "military", "mining", "mobile", "mobility", "model", "molecular", "multimedia", "museum", "music", "mutual", "nano", "natural", "nature", "navy", "net", "networked", "neuro", "new", "news", "next", "nuclear", "nutrition", "ocean", "off", "office", "official", "oncology", "online", "open", "optical", "optics", "optoelectronics", "organic", "packaging", "paper", "park", "payment", "payments", "people", "performance", "personal", "petroleum", "photonics", "physics", "planning", "plant", "plants", "platform", "platforms", "policy", "port", "post", "postal", "power", "precision", "premier", "press", "prime", "print", "printing", "private", "process", "processing", "production", "professional", "program", "programme", "promotion", "protection", "public", "publication", "publications", "publishing", "purchase", "quality", "quantum", "radio", "rail", "railway", "real", "realty", "recycling", "regional", "registry", "regulatory", "remote", "renewable", "rental", "residential", "restaurants", "retail", "risk", "robotics", "royal", "rubber", "safety", "sales", "satellite", "secure", "security", "sea", "seed", "sensor", "sensors", "services", "shipping", "shop", "signal", "silicon", "smart", "social", "solar", "sound", "space", "special", "specialty", "sport", "sports", "standards", "state", "station", "steel", "stock", "storage", "strategic", "strategies", "strategy", "student", "studio", "studios", "super", "supply", "support", "surgical", "sustainable", "team", "telecom", "telecomunicazioni", "telekom", "telephone", "telephony", "television", "testing", "textile", "theory", "tourism", "tower", "trade", "trading", "traffic", "training", "transfer", "transit", "transport", "transportation", "travel", "trust", "union", "unit", "united", "universal", "urban", "user", "utilities", "vaccine", "vehicle", "vehicles", "venture", "ventures", "video", "virtual", "vision", "voice", "warehouse", "waste", "water", "wealth", "web", "wellness", "wholesale", "wind", "wireless", "wood", "world", "worldwide", "xr", "youth", "first", "second", "one", "two", "us", "american", "european", "asian", "african", "pacific", "atlantic", "north", "south", "east", "west", "northern", "southern", "eastern", "western", "central", "great", "greater", "middle", "upper", "lower", "mid", "pan", "euro", "asia", "africa", "america", "americas", "latin", "nordic", "baltic", "arctic", "oceania", "emea", "apac", "branch", "headquarters", "hq", "subsidiary", "affiliate", "unternehmensbereich", "abteilung", "chair", "lehrstuhl", "filial", "filiale", "sucursal", "zweigniederlassung", "niederlassung", "laboratory", "rd", "rnd", "dir", "directorate", "advanced", "modern", "dynamic", "optimal", "alpha", "beta", "omega", "delta", "professor", "dr", "prof", "mr", "ms", "student", "member", "staff", "emeritus", "former", "retired", "independent", "self", "freelance", "individual", "spa", "bv", "saude", "salud", "sante", "gesundheit", "verein", "verband", "genossenschaft", "gemeinde", "stadt", "kommune", "kommun", "municipality", "municipio", "prefecture", "county", "province", "district", "holding", "hd", "hk", "usa", "uk", "eu", "uae", "prc", "roc", "ussr", "de", "fr", "cn", "jp", "kr", "tw", "it", "es", "nl", "se", "ch", "br", "ru", "il", "sg", "au", "nz", "za", "mx", "pl", "tr", "ie", "school", "kenkyusho", "kogyo", "kensetsu", "shoji", "seiki", "seimitsu", "seisakusho", "giken", "keji", "xinxi", "shiye", "gongsi", "dianzi", "jishu"]
)
"""Kinds of organisation, trades and filling words: they tell what a company is, not which one."""
