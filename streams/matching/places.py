"""Countries, their adjectives, and large cities as the words of names: where a part of a company is, not which company.

From GeoNames (https://www.geonames.org, CC BY 4.0): countries, states of the USA and cities of more than about a million people, without
those that are everyday words or makers' names; adjectives and countries' own names added.
"""

from __future__ import annotations

PLACES = frozenset(
    """abidjan abu abuja accra adelaide aden afghanistan agra ahmedabad alabama alaska albania alberta albuquerque alexandria algeria algerie algiers almaty amman amsterdam angeles angola ankara antalya antonio antwerp
    arab arabia arequipa argentina arizona arkansas armenia asia asuncion athens atlanta auckland austin australia austria austrian austriaca aviv azerbaijan baghdad bahamas bahrain baku baltimore bandung bangalore
    bangkok bangladesh barbados barcelona baden bayern beijing beirut belarus belem belfast belgium belgian belgique belgie belgrade benelux bengaluru benin berlin bermuda bern bhopal bhutan birmingham bochum bogota bolivia bologna
    bosnia boston botswana bratislava braunschweig brazil brasil brazilian brasileira brasileiro bremen brisbane bristol britain british brunei brussels bucharest buenos aires bulgaria bulgarian burkina faso bursa busan cairo calgary california
    cambodia cambridge cameroon canada canadian canadien canberra caracas cardiff carolina casablanca catalonia catalunya changchun changsha chengdu chennai chicago chile chilean china chinese chongqing cincinnati cleveland cologne koln
    colombia colombo colorado columbia columbus congo connecticut copenhagen cordoba croatia hrvatska croatian cuba curitiba cyprus czech czechia daegu daejeon dakar dakota dalian dallas damascus dammam danmark delaware delhi denmark danish dansk
    denver detroit dhabi dhaka dhahran dominican dominicano dongguan dortmund dresden dubai dublin duisburg durban dusseldorf ecuador edinburgh edmonton egypt egyptian eindhoven emirates england english espana espanola erlangen essen estonia ethiopia europe
    european fiji finland finnish suomi suomen florida fortaleza foshan france francaise francais francisco frankfurt french fuzhou gabon galway gdansk geneva geneve genoa georgia german germany deutschland deutsche deutscher ghana gibraltar glasgow gothenburg graz
    greece greek grenoble guangdong guangzhou guatemala guayaquil guiyang gurgaon guyana hague haifa haikou haiti hamburg hangzhou hannover hanoi harbin hawaii hefei heidelberg helsinki hiroshima honduras hong kong houston hsinchu hubei hunan hungary hungarian hungaria
    hyderabad iceland idaho illinois incheon india indian indiana indianapolis indonesia indonesian iowa iran iraq ireland irish islamabad israel israeli istanbul italia italiana italiano italy italian izmir jacksonville jaipur jakarta jamaica japan japanese nippon
    nihon jeddah jerusalem jiangsu jinan johannesburg jordan kansas kaohsiung karachi karlsruhe kazakhstan kentucky kenya kharkiv kiev kobe kolkata korea korean kosovo krakow kuala lumpur kunming kuwait kyiv kyoto lagos lahore lanka lanzhou laos latvia lausanne lebanon
    leeds leicester leipzig liberia libya lima limerick linz lisbon lisboa lithuania liverpool ljubljana london louisiana luxembourg luxemburg lyon macao macau macedonia madrid maine malaga malawi malaysia maldives mali malta manchester manila marseille maryland massachusetts
    mauritius medellin melbourne memphis mexico mexicana mexicano miami michigan milan milano milwaukee minneapolis minnesota minsk mississippi missouri moldova monaco mongolia montana montenegro monterrey montevideo montreal morocco maroc moscow moskva mozambique mumbai munchen munich
    myanmar nagoya nairobi namibia nanjing nanning nantong naples napoli nebraska nepal netherlands nederland nederlandse dutch nevada newcastle nicaragua nicosia niger nigeria nigerian ningbo norway norge norsk norwegian nuremberg nurnberg ohio oklahoma oman ontario
    oregon orlando osaka oslo osterreich ottawa oxford padova paderborn pakistan palermo palestine panama paraguay paris parana patna paulo pennsylvania perth peru peruana philadelphia philippines phoenix pisa pittsburgh poland polish polska portland porto portugal portuguesa portuguese
    potsdam poznan prague praha pretoria puerto qatar qingdao quebec queensland quito rabat raleigh rennes rico riga rio rioja riyadh roma romania rome rostock rotterdam russia russian rwanda salvador salzburg samoa santiago sapporo sarajevo saudi schweiz scotland
    scottish seattle senegal sendai seoul serbia sevilla shandong shanghai shenyang shenzhen sichuan singapore skopje slovakia slovak slovenia slovenian sofia somalia spain spanish stockholm strasbourg stuttgart sudan suisse sumatra suriname surabaya suzhou svizzera swansea swedish sweden
    sverige svenska swiss switzerland sydney syria taipei taiwan tallinn tanzania tashkent tbilisi tehran tennessee texas thai thailand tianjin timor tokyo torino toronto toulouse trento trinidad tripoli tulsa tunis tunisia turin turkey turkish turkiye uganda ukraine ukrainian ulm
    ulsan uppsala uruguay utah utrecht uzbekistan valencia vancouver venezuela venice vermont vienna wien vietnam vilnius virginia wales warsaw washington warszawa wellington winnipeg wisconsin wroclaw wuhan wuppertal wuxi wyoming xiamen xian yemen yokohama york yunnan zagreb zambia zaragoza
    zealand zhejiang zhengzhou zhuhai zimbabwe zurich usa uk us eu uae prc emea apac latam americas america american africa african scandinavia iberia bavaria saxony stanford""".split()
) - {"stanford"}
