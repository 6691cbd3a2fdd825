//! The words, sentences and outlets that the corpus is made of. All of them are invented, or plain English words.

/// Things that a story is about, in the singular.
pub(super) const NOUNS: &str = "airfield allotment anchor apprenticeship aqueduct archive arena barge barrier beacon \
    bicycle boathouse borehole boundary brewery bridge budget bulletin bypass canal cannery canteen cargo carriage casino \
    cathedral causeway cellar census chapel charter chimney cinema cistern clinic clock coalition college colliery \
    committee compass contract corridor cottage courthouse crane creche culvert dairy dam deadline depot derby dispute \
    dock drawbridge dredger dyke election embankment emergency engine estuary excavation exhibition factory ferry festival \
    fishery floodgate forecast forge foundry fountain franchise freezer furnace gallery gasworks glacier granary grant \
    greenhouse guideline gymnasium harbour hatchery headland heatwave helicopter hospice hostel incinerator inquest \
    insurance inventory irrigation jetty kiln laboratory landfill landslide lantern laundry ledger levy library lifeboat \
    lighthouse limekiln lockout lottery mandate marathon marina marketplace marsh measles merger meteorite mill monument \
    mosaic motorway museum nursery observatory orchard orchestra outbreak overpass parade parliament pavilion penalty \
    pension petition pier pilot pipeline planetarium playground plough pollen pontoon postbox prairie prison promenade \
    quarry quay quorum racecourse railway rainstorm ransom referendum refinery regatta reservoir residence ringroad rota \
    sanctuary sawmill scaffold school seawall seedbank sewer shipyard shuttle signal siren skatepark sluice smelter \
    spillway stadium statue subsidy summit tannery tariff telescope tender terminal theatre tollgate tournament towpath \
    tramway treaty tribunal trolley tunnel turbine turnstile vaccine valley vault verdict viaduct vineyard wagon warehouse \
    watchtower waterfall weighbridge wetland wharf windmill workshop";

/// People and things in numbers.
pub(super) const PLURALS: &str = "accountants acrobats actors advisers allotments ambulances anglers apprentices \
    archaeologists architects artefacts athletes auditors bakers barges beekeepers beetles benches bicycles blankets \
    boilers bolts botanists bricklayers builders buoys campaigners candidates captains carpenters cattle cheesemakers \
    chemists choristers clerks climbers commuters complaints cooks couriers craftsmen cyclists dancers defenders \
    delegates dentists diggers divers doctors documents drainpipes drivers drummers dustbins editors electricians \
    engineers envelopes examiners excavators exporters families farmers fences ferrymen firefighters fishermen florists \
    forecasters forwards freighters gardeners generators geologists glaziers grandparents growers guards harvesters \
    hedges herons hikers historians homeowners households hoteliers inspectors instruments investigators islanders \
    joiners journalists jurors keepers landlords lawyers leaflets librarians linesmen lorries machinists magistrates \
    mechanics meteorologists midwives millers miners motorists mussels nurses officials orchards organisers otters \
    oysters painters parents passengers patients paviours pensioners pharmacists physicists pianists pigeons pilots \
    plasterers plumbers porters potters prosecutors pupils rangers referees refugees registrars retailers riggers \
    roofers rowers sailors salmon sandbags scaffolders scientists sculptors seals seedlings shareholders shepherds \
    shopkeepers signalmen singers skaters spectators stallholders steelworkers stewards stonemasons strikers students \
    surgeons surveyors swimmers tailors teachers technicians tenants tourists toymakers traders trustees tutors \
    umpires vets villagers violins visitors volunteers voters waiters walkers watchmakers weavers welders whales witnesses";

/// Describing words.
pub(super) const ADJECTIVES: &str = "abandoned absent affordable ageing agreed ambitious ancient angry annual anxious \
    arctic awkward badly-built barren beloved bitter blocked bold borrowed brief bright brittle broad broken bumpy \
    calm careful charitable chilly circular civic clumsy coastal cold costly cramped crowded curious damp dangerous \
    deep delayed derelict disputed distant drowsy dusty eager early eastern elderly electric elegant empty endless \
    expensive experimental fabled faded faithful famous fearless fertile final flimsy flooded forgotten fragile freezing \
    friendly frozen generous gentle giant gloomy graceful grateful handsome harsh hasty hidden hilly historic hollow \
    honest humble icy idle immense improbable independent industrial inner jagged joint joyful lasting lavish leaky \
    lengthy listed lively local lonely loud makeshift marginal marshy medieval mild misty modest muddy municipal \
    narrow nervous noisy northern nuclear obscure offshore ordinary outdated overdue pale patient peculiar perilous \
    planned playful plain polluted popular porous precious private prosperous provisional public puzzling quiet \
    radical rainy rare reckless regional reliable reluctant remote renewed restless rival robust rocky rural rusty \
    salty sandy scarce scenic secret serious shallow sheltered shiny silent sleepy slender sloping sluggish sober solar \
    southern spacious spare splendid stormy stubborn sturdy sudden sunken swift tangled temporary tense thorough tidal \
    timely tiny tireless tough tranquil twisted unfinished unpaid unusual upper urgent vacant vast vital volcanic \
    voluntary warm wary weary weathered western wild windswept wintry wooden worried young";

/// What somebody did to something.
pub(super) const PASTS: &str = "abolished accepted adopted amended applauded approved assembled audited backed balanced \
    banned blamed blocked borrowed built buried calibrated cancelled catalogued celebrated challenged cleared closed \
    condemned converted copied corrected criticised crossed damaged decorated defended delayed deleted demolished \
    designed discovered dismantled displayed disputed donated doubled drained dredged emptied endorsed enlarged \
    examined extended fenced financed finished flattened found funded halted heated hired ignored improved inspected \
    installed insured invented launched leased lifted lit loaded lowered mapped measured mended merged moved named \
    neglected noticed opened ordered overlooked owned painted passed photographed planted polished postponed praised \
    presented preserved protected published purchased questioned raised rebuilt recorded reduced refused reinforced \
    rejected removed renamed rented repaired replaced rescued restored reviewed revived sealed searched shortened \
    signed sold stored strengthened studied suspended swept tested trimmed unveiled upgraded visited weighed welcomed \
    widened withdrew won";

/// What somebody will do to something.
pub(super) const VERBS: &str = "abandon absorb adapt admire afford alter arrange attract auction avoid boost bypass \
    carry chase clean collect combine compare complete conceal connect consider construct consult cover defy deliver \
    describe destroy detect dig distribute divide drive electrify employ enclose encourage endanger enjoy enter \
    escape exchange exclude explain explore export feed finance flood follow forgive freeze guard guide harm harvest \
    hide honour house illuminate imagine import include influence inherit invite isolate join judge keep label lead \
    license maintain manage mention modernise monitor nominate obstruct occupy outlast overtake pardon perform persuade \
    pledge pollute praise prevent privatise prolong promote question ration reach recover recycle redraw refill register \
    regulate relocate remember rescue reshape resist resurface reward salvage scrap screen serve shelter shrink silence \
    simplify spoil stabilise staff subsidise supply surround survey sustain tax teach threaten tolerate transform unite \
    vaccinate ventilate veto warm withstand";

/// How something was done.
pub(super) const ADVERBS: &str = "abruptly barely boldly briefly calmly carefully cautiously cheaply cheerfully \
    clearly clumsily discreetly eagerly earnestly evenly firmly formally frankly fully gently gladly gradually hastily \
    hurriedly idly jointly justly keenly lavishly legally loudly narrowly neatly openly oddly partly patiently politely \
    promptly proudly publicly quickly quietly rarely readily repeatedly safely secretly sharply silently slowly smoothly \
    steadily swiftly tactfully thoroughly twice unanimously unexpectedly wearily widely wisely";

/// What lies behind a story.
pub(super) const CAUSES: &str = "ambition anger austerity bankruptcy bureaucracy caution chance competition confusion \
    congestion corrosion courage curiosity debt deforestation diplomacy drought duty erosion exhaustion faith fatigue \
    fog fraud frost generosity goodwill gossip gravity greed grief habit hail haste heritage honesty hunger idleness \
    ignorance inflation inertia jealousy justice kindness lightning loyalty luck mildew migration moisture mutiny \
    neglect nostalgia optimism overwork patience piracy poverty pride privacy prudence rivalry rust sabotage secrecy \
    shame silt sleet speculation subsidence superstition sympathy thirst thrift tradition turbulence vandalism vanity \
    vibration wear weather";

/// What people are.
pub(super) const ROLES: &str = "alderman ambassador analyst architect archivist astronomer baker barrister biologist \
    bishop boatbuilder botanist cardiologist chairwoman chemist coach commodore conductor coroner councillor curator \
    detective dietitian economist engineer ferryman forester geologist goalkeeper governor harbourmaster headteacher \
    historian hydrologist innkeeper judge keeper landlady lecturer librarian linguist magistrate mathematician mayor \
    meteorologist midfielder midwife minister novelist ombudsman organist paramedic philosopher physicist playwright \
    policewoman postmaster principal prosecutor psychologist publican ranger registrar scholar schoolmaster seismologist \
    senator sheriff shipwright solicitor sociologist spokesman spokeswoman statistician superintendent surgeon surveyor \
    toxicologist treasurer trustee veterinarian virologist warden winemaker zoologist";

/// First names.
pub(super) const FIRST_NAMES: &str = "Abelard Adeline Alaric Alwen Amoret Ansel Arlo Astrid Barnaby Beatrix Benedikt \
    Berit Branwen Bruno Callum Carys Casimir Celestine Clement Corin Cosima Dagny Damaris Delphine Dorian Edda Edmund \
    Eirlys Elspeth Emrys Esme Fabian Fenella Ferris Florian Freya Gideon Greta Gwendolen Halvard Hester Hollis Idris \
    Imogen Ingram Iona Isolde Jarvis Jolanta Jonas Kasper Kerensa Lachlan Leontine Linnet Lorcan Lucinda Magnus Marit \
    Merrick Mirabel Morwenna Nadia Nestor Niamh Odette Orson Ottilie Pascoe Perpetua Piers Quentin Ragna Rhoswen Roland \
    Rosalind Rufus Sabine Selwyn Sigrid Silas Tabitha Tamsin Thaddeus Theodora Tobias Ulla Ursula Valentin Verity Viggo \
    Wilfred Winifred Xanthe Yorick Yseult Zelda";

/// Beginnings of surnames.
pub(super) const SURNAME_HEADS: &str = "Alder Ash Barn Birk Black Bram Brant Carl Cold Crow Dun Elm Fair Fern Fox Gar \
    Glen Gold Gran Hart Hav Hazel Heth Holm Ing Kel Kirk Lang Lark Lind Loch Mar Mead Merri Mil Nor Oak Ormer Pell Pen \
    Quill Raven Rook Rother Sand Sel Sher Stan Stav Sted Swan Thorn Tor Trel Tun Vand Wal Wen Whit Wind Wolver Yar";

/// Ends of surnames.
pub(super) const SURNAME_TAILS: &str = "acre beck bourne bright brook by croft dale den field ford gate gill grave ham \
    hurst ing kin land ley low man mark mere more ness quist ridge rose sen shaw son stead stone thwaite ton vik wall \
    ward water well wick wood worth wright yard";

/// Beginnings of places.
pub(super) const PLACE_HEADS: &str = "Amber Apple Arn Bel Brack Bram Bright Brine Cald Cinder Clay Cop Cor Dray \
    Drift Ebb Ember Fal Fen Flint Gannet Glim Gorse Grim Gull Hagg Heather Hollin Ivy Jet Keld Lam Lime Loam Marl \
    Mist Moss Nettle Nun Otter Pebble Pike Plover Quern Rake Reed Rime Saltern Scar Sedge Shale Silver Skerry Slate \
    Spindle Starling Tarn Tern Thistle Thrush Tide Umber Vale Wether Wharf Whin Willow Wren Yew";

/// Ends of places.
pub(super) const PLACE_TAILS: &str = "bay borough bridge burgh bury by castle combe coombe cote cross dale fell ferry \
    field firth fleet force ford garth ghyll grange ham haven head heath hithe holm keep kirk lea mere minster moor \
    mouth ness pool port quay reach rigg sands stead strand thorpe tor vale wade wath wick worth";

/// What stands after a place's name in the name of a body.
pub(super) const BODIES: &str = "Arts Trust,Assembly,Athletic Club,Beekeepers' Union,Board of Trade,Borough \
    Council,Botanical Society,Bus Company,Chamber of Commerce,Choral Society,Coastguard,Conservancy,Cooperative,Court of \
    Appeal,Cricket Club,Dairy Federation,Drainage Board,Education Authority,Farmers' League,Ferry Company,Fire \
    Brigade,Fisheries Institute,Flood Agency,General Hospital,Geological Survey,Harbour Commission,Heritage \
    Fund,Highways Office,Housing Association,Institute of Physics,Land Registry,Law Centre,Library Service,Lifeboat \
    Station,Marine Laboratory,Mining Museum,Observatory,Pilots' Guild,Planning Inspectorate,Police,Polytechnic,Port \
    Authority,Power Company,Rail Users' Group,Rangers,Rovers,Savings Bank,Shipbuilders,Steel Works,Teachers' \
    Union,Tenants' Forum,Tourist Office,United,University,Water Company,Weather Service,Wildlife Trust,Youth Orchestra";

/// Days and months, for sentences.
pub(super) const WEEKDAYS: &str = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday";

/// Months, for sentences.
pub(super) const MONTHS: &str =
    "January February March April May June July August September October November December";

/// Sentences. No more than three fixed words stand between two slots, so that two stories share hardly any shingle.
pub(super) const SENTENCES: &[&str] = &[
    "{Name}, {a-role} from {place}, {past} the {adjective} {noun} {adverb} on {weekday}.",
    "{body} {past} {number} {adjective} {plural} near the {noun}.",
    "\"We {adverb} {past} every {noun} and {past} the {plural},\" said {surname}.",
    "\"Nobody can {verb} {a-adjective} {noun} without {cause},\" {surname} told {plural}.",
    "{percent} of the {plural} {past} {adjective} {plural}, {surname} {adverb} recalled.",
    "About {number} {plural} {adverb} {past} the {noun} in {place}.",
    "{A-adjective} {noun} would {verb} {plural} between {place} and {other-place}, the {role} argued.",
    "Since {month}, {cause} and {cause} have {adverb} reshaped {place}'s {noun}.",
    "For {surname}, {cause} matters less than {a-adjective} {noun}.",
    "{surname} {adverb} {past} {a-adjective} {noun}, which {plural} {past} in {month}.",
    "{plural} from {other-place} {past} {money} of {adjective} {plural}.",
    "The {role} {past} {plural}, {plural} and {number} {plural} by {weekday}.",
    "\"{cause} will {verb} us before {a-noun} does,\" {Name} warned {adverb}.",
    "{Name} and {surname} {past} the {noun} despite {cause} in {other-place}.",
    "Should {plural} {verb} the {adjective} {noun}, {body} must {verb} {plural}.",
    "{number} {plural} and {number} {plural} {adverb} {past} {place}.",
    "{a-adjective} {noun} near {other-place} {past} {plural} worth {money}.",
    "When {cause} {past} the {noun}, {plural} {adverb} {past} {a-noun}.",
    "At {money}, the {adjective} {noun} is {adverb} {adjective}, {plural} say.",
    "{body} hopes to {verb} {number} {adjective} {plural} by {month}.",
    "The {noun}'s {adjective} {noun} cost {surname} {number} {plural}.",
    "{surname} blames {cause}; {plural} blame {adjective} {plural} and {cause}.",
    "Neither {plural} nor {plural} {adverb} {past} the {role}'s {noun}.",
    "{place}'s {adjective} {plural} {verb} {plural} more {adverb} than {other-place}'s.",
    "In {month} {plural} {past} {a-adjective} {noun}, {percent} of it {adjective}.",
    "\"I {past} my {noun} {adverb},\" {surname}, {a-adjective} {role}, added.",
    "{adverb}, {plural} {past} the {noun} where {surname} once {past} {plural}.",
    "Under {surname}, {body} {past} {a-noun} and {a-adjective} {noun}.",
    "How {plural} {verb} {adjective} {plural} in {place} puzzles the {role}.",
    "The {adjective} {role} {adverb} {past} what {plural} call \"{cause} and {cause}\".",
    "{plural} who {past} the {noun} must {verb} {money} before {weekday}.",
    "Only {number} {plural} ever {past} {a-noun}, {body} {adverb} found.",
    "From {place} to {other-place}, {plural} {verb} {adjective} {plural} and {a-noun}.",
    "{surname}'s {noun}, {adverb} {past} in {month}, will {verb} {percent} of {plural}.",
    "Years of {cause} {past} {place}'s {noun} and its {adjective} {plural}.",
    "\"Let {plural} {verb} the {noun},\" {plural} {adverb} shouted in {other-place}.",
];

/// Headlines.
pub(super) const HEADLINES: &[&str] = &[
    "{place} {plural} {verb} {adjective} {noun} after {cause}",
    "{A-adjective} {noun} for {number} {plural} in {place}",
    "{surname} {past} {noun} as {plural} {verb} {place}",
    "{body} to {verb} {adjective} {plural} by {month}",
    "How {cause} {past} {place}'s {adjective} {noun}",
    "{number} {plural} {adverb} {past} {noun} near {other-place}",
    "'{cause} will {verb} {plural}', warns {place} {role}",
    "{money} {noun} {past} {adverb} in {other-place}",
];

/// The outlets of the corpus.
pub(super) const OUTLETS: &[&str] = &[
    "Amberhithe Argus",
    "Brackwade Bulletin",
    "Calder Reach Courier",
    "Driftwick Dispatch",
    "Embermoor Examiner",
    "Fenholm Free Press",
    "Glimport Gleaner",
    "Hollinstrand Herald",
    "Ivykeep Inquirer",
    "Keldmouth Key",
    "Larkfirth Lantern",
    "Marlhaven Messenger",
    "Nettlecombe News",
    "Otterquay Observer",
    "Plovermere Post",
    "Quernwath Quarterly",
    "Rimestead Record",
    "Sedgeness Sentinel",
    "Thistlefleet Tribune",
    "Whinscar Watch",
];

/// What an outlet appends to its headlines; `{}` is its name.
pub(super) const SUFFIXES: &[&str] =
    &[" | World | News", " - {}", "", " | {}", " \u{2013} {}", " | News | {}", ""];

/// Labels before another story's headline.
pub(super) const LABELS: &[&str] =
    &["JUST IN:", "READ MORE:", "DON'T MISS:", "Also read:", "RELATED:", "WATCH:", "See also:"];

/// Lines under every article of an outlet, which no list of cue words holds; `{}` is its name.
pub(super) const FOOTERS: &[&str] = &[
    "The {} goes to press at six and is on every doorstep in the parish by eight.",
    "Our reporters at the {} work from the old customs house, opposite the fish market.",
    "Have you seen something on your street? The desk of the {} answers every letter.",
    "Printed on the second floor, argued over on the third: that is the {}.",
    "The {} belongs to its readers, and has done since the flood year.",
    "Weights, tides and market prices in the {} are taken from the town hall's board.",
    "Puzzles, chess and the crossword of the {} are on the back page, as ever.",
    "A bound volume of last year's {} may be consulted in the reading room.",
    "Letters to the {} should be short, signed and legible.",
];

/// Bars of buttons.
pub(super) const SHARE_BARS: &[&str] = &[
    "Share Tweet Email Print",
    "Share this article",
    "Facebook Twitter WhatsApp Email",
    "Share | Save | Print",
];

/// Last lines of other kinds; `{}` is the outlet's name.
pub(super) const TAILS: &[&str] = &[
    "Source link",
    "\u{a9} {}. All rights reserved.",
    "Sign up to the {} newsletter and get the day's stories in your inbox.",
    "Follow the {} on social media for more.",
];
