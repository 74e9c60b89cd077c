CREATE TABLE customercore_claims (
	tenant VARCHAR(64) NOT NULL, 
	aggregate VARCHAR(64) NOT NULL, 
	field VARCHAR(80) NOT NULL, 
	"key" BLOB NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	PRIMARY KEY (tenant, aggregate, field, "key")
)
 WITHOUT ROWID

;
INSERT INTO "customercore_claims" VALUES('default','customer','info.card',X'CF892D31','00000000-0000-7000-8000-000000000009');
CREATE TABLE customercore_counters (
	tenant VARCHAR(64) NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	version BIGINT NOT NULL, 
	next BIGINT NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (tenant, id)
);
INSERT INTO "customercore_counters" VALUES('default','definitions',5,1,'{"id":"definitions","version":5}');
INSERT INTO "customercore_counters" VALUES('default','customer_code',1,101,'{"id":"customer_code","version":1,"next":101}');
CREATE TABLE customercore_customer_terms (
	tenant VARCHAR(64) NOT NULL, 
	term BLOB NOT NULL, 
	sort_key BLOB NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	element BIGINT NOT NULL, 
	PRIMARY KEY (tenant, term, sort_key, id, element)
)
 WITHOUT ROWID

;
INSERT INTO "customercore_customer_terms" VALUES('default',X'616464726573732E636974793AC3B6726562726F',X'616E677374726F6D','00000000-0000-7000-8000-000000000009',0);
INSERT INTO "customercore_customer_terms" VALUES('default',X'616464726573732E636F756E7472793A7365',X'616E677374726F6D','00000000-0000-7000-8000-000000000009',0);
INSERT INTO "customercore_customer_terms" VALUES('default',X'616464726573732E706F7374636F64653A373032203131',X'616E677374726F6D','00000000-0000-7000-8000-000000000009',0);
INSERT INTO "customercore_customer_terms" VALUES('default',X'666C61673A766970',X'616E677374726F6D','00000000-0000-7000-8000-000000000009',-1);
INSERT INTO "customercore_customer_terms" VALUES('default',X'7461673A74776F20776F726473',X'616E677374726F6D','00000000-0000-7000-8000-000000000009',-1);
INSERT INTO "customercore_customer_terms" VALUES('default',X'7461673AC3A5C3A4C3B6',X'616E677374726F6D','00000000-0000-7000-8000-000000000009',-1);
INSERT INTO "customercore_customer_terms" VALUES('default',X'776F72643A616461',X'616E677374726F6D','00000000-0000-7000-8000-000000000009',-1);
INSERT INTO "customercore_customer_terms" VALUES('default',X'776F72643A616461',X'FF','00000000-0000-7000-8000-000000000010',-1);
INSERT INTO "customercore_customer_terms" VALUES('default',X'776F72643A616461406578616D706C652E636F6D',X'616E677374726F6D','00000000-0000-7000-8000-000000000009',-1);
INSERT INTO "customercore_customer_terms" VALUES('default',X'776F72643A616461406578616D706C652E636F6D',X'FF','00000000-0000-7000-8000-000000000010',-1);
INSERT INTO "customercore_customer_terms" VALUES('default',X'776F72643A616E677374726F6D',X'616E677374726F6D','00000000-0000-7000-8000-000000000009',-1);
INSERT INTO "customercore_customer_terms" VALUES('default',X'776F72643A61756775737461',X'616E677374726F6D','00000000-0000-7000-8000-000000000009',-1);
INSERT INTO "customercore_customer_terms" VALUES('default',X'776F72643A62657267',X'62657267','00000000-0000-7000-8000-00000000000e',-1);
INSERT INTO "customercore_customer_terms" VALUES('default',X'776F72643A626F',X'62657267','00000000-0000-7000-8000-00000000000e',-1);
INSERT INTO "customercore_customer_terms" VALUES('default',X'776F72643A626F406578616D706C652E636F6D',X'62657267','00000000-0000-7000-8000-00000000000e',-1);
INSERT INTO "customercore_customer_terms" VALUES('default',X'776F72643A6330303030303031',X'616E677374726F6D','00000000-0000-7000-8000-000000000009',-1);
INSERT INTO "customercore_customer_terms" VALUES('default',X'776F72643A6330303030303032',X'62657267','00000000-0000-7000-8000-00000000000e',-1);
CREATE TABLE customercore_customer_types (
	tenant VARCHAR(64) NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	version BIGINT NOT NULL, 
	code VARCHAR NOT NULL, 
	label VARCHAR, 
	prices_without_tax BOOLEAN NOT NULL, 
	created_at DATETIME, 
	updated_at DATETIME, 
	label_key BLOB, 
	label_sort BLOB, 
	code_unique BLOB, 
	document TEXT NOT NULL, 
	PRIMARY KEY (tenant, id)
);
CREATE TABLE customercore_customers (
	tenant VARCHAR(64) NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	version BIGINT NOT NULL, 
	code VARCHAR, 
	email VARCHAR, 
	email_verified BOOLEAN NOT NULL, 
	salutation VARCHAR, 
	first_name VARCHAR, 
	middle_name VARCHAR, 
	last_name VARCHAR, 
	suffix VARCHAR, 
	language VARCHAR, 
	birth_date DATE, 
	company_name VARCHAR, 
	company_name_2 VARCHAR, 
	department VARCHAR, 
	customer_type VARCHAR NOT NULL, 
	pricing_policy VARCHAR, 
	information TEXT, 
	shop VARCHAR, 
	status VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	use_invoice_for_delivery BOOLEAN NOT NULL, 
	created_at DATETIME, 
	updated_at DATETIME, 
	deactivated_at DATETIME, 
	identity_scope VARCHAR NOT NULL, 
	full_name VARCHAR, 
	code_key BLOB, 
	code_sort BLOB, 
	email_key BLOB, 
	email_sort BLOB, 
	salutation_key BLOB, 
	salutation_sort BLOB, 
	first_name_key BLOB, 
	first_name_sort BLOB, 
	middle_name_key BLOB, 
	middle_name_sort BLOB, 
	last_name_key BLOB, 
	last_name_sort BLOB, 
	suffix_key BLOB, 
	suffix_sort BLOB, 
	company_name_key BLOB, 
	company_name_sort BLOB, 
	company_name_2_key BLOB, 
	company_name_2_sort BLOB, 
	department_key BLOB, 
	department_sort BLOB, 
	pricing_policy_key BLOB, 
	pricing_policy_sort BLOB, 
	full_name_key BLOB, 
	full_name_sort BLOB, 
	int_0 BIGINT, 
	int_1 BIGINT, 
	int_2 BIGINT, 
	int_3 BIGINT, 
	int_4 BIGINT, 
	int_5 BIGINT, 
	int_6 BIGINT, 
	int_7 BIGINT, 
	int_8 BIGINT, 
	int_9 BIGINT, 
	int_10 BIGINT, 
	int_11 BIGINT, 
	text_0_key BLOB, 
	text_0_sort BLOB, 
	text_1_key BLOB, 
	text_1_sort BLOB, 
	text_2_key BLOB, 
	text_2_sort BLOB, 
	text_3_key BLOB, 
	text_3_sort BLOB, 
	text_4_key BLOB, 
	text_4_sort BLOB, 
	text_5_key BLOB, 
	text_5_sort BLOB, 
	text_6_key BLOB, 
	text_6_sort BLOB, 
	text_7_key BLOB, 
	text_7_sort BLOB, 
	email_unique BLOB, 
	code_unique BLOB, 
	till_unique BLOB, 
	search_terms BLOB NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (tenant, id)
);
INSERT INTO "customercore_customers" VALUES('default','00000000-0000-7000-8000-000000000009',2,'C0000001','ada@example.com',0,NULL,'Ada Augusta',NULL,'Ångström',NULL,NULL,'1815-12-10',NULL,NULL,NULL,'private',NULL,'two
lines; and ''quotes'' \ %s',NULL,'active','registered',0,'2026-01-31 12:00:00.000000','2026-01-31 12:00:00.000000',NULL,'','Ada Augusta Ångström',X'6330303030303031',X'6330303030303031',X'616461406578616D706C652E636F6D',X'616461406578616D706C652E636F6D',NULL,NULL,X'6164612061756775737461',X'6164612061756775737461',NULL,NULL,X'C3A56E67737472C3B66D',X'616E677374726F6D',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,X'616461206175677573746120C3A56E67737472C3B66D',X'616461206175677573746120616E677374726F6D',42,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,X'CF892D31',X'CF892D31',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,X'616461406578616D706C652E636F6D',X'6330303030303031',NULL,X'00616464726573732E636974793AC3B6726562726F00616464726573732E636F756E7472793A736500616464726573732E706F7374636F64653A37303220313100666C61673A766970007461673A74776F20776F726473007461673AC3A5C3A4C3B600776F72643A61646100776F72643A616461406578616D706C652E636F6D00776F72643A616E677374726F6D00776F72643A6175677573746100776F72643A633030303030303100','{"id":"00000000-0000-7000-8000-000000000009","version":2,"code":"C0000001","email":"ada@example.com","first_name":"Ada Augusta","last_name":"Ångström","birth_date":"1815-12-10","information":"two\nlines; and ''quotes'' \\ %s","flags":["vip"],"tags":["two words","ÅÄÖ"],"info":{"points":42,"card":"Ω-1"},"addresses":[{"id":"00000000-0000-7000-8000-00000000000b","default_for":["delivery","invoice"],"line1":"Storgatan 1","city":"Örebro","postcode":"702 11","country":"SE"}],"created_at":"2026-01-31T12:00:00.000+00:00","updated_at":"2026-01-31T12:00:00.000+00:00"}');
INSERT INTO "customercore_customers" VALUES('default','00000000-0000-7000-8000-00000000000e',1,'C0000002','bo@example.com',0,NULL,'Bo',NULL,'Berg',NULL,NULL,NULL,NULL,NULL,NULL,'private',NULL,NULL,'main','active','registered',0,'2026-01-31 12:00:00.000000','2026-01-31 12:00:00.000000',NULL,'','Bo Berg',X'6330303030303032',X'6330303030303032',X'626F406578616D706C652E636F6D',X'626F406578616D706C652E636F6D',NULL,NULL,X'626F',X'626F',NULL,NULL,X'62657267',X'62657267',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,X'626F2062657267',X'626F2062657267',7,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,X'626F406578616D706C652E636F6D',X'6330303030303032',NULL,X'00776F72643A6265726700776F72643A626F00776F72643A626F406578616D706C652E636F6D00776F72643A633030303030303200','{"id":"00000000-0000-7000-8000-00000000000e","version":1,"code":"C0000002","email":"bo@example.com","first_name":"Bo","last_name":"Berg","shop":"main","info":{"points":7},"created_at":"2026-01-31T12:00:00.000+00:00","updated_at":"2026-01-31T12:00:00.000+00:00"}');
INSERT INTO "customercore_customers" VALUES('default','00000000-0000-7000-8000-000000000010',1,NULL,'ada@example.com',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'guest',NULL,NULL,NULL,'active','guest',0,'2026-01-31 12:00:00.000000','2026-01-31 12:00:00.000000',NULL,'',NULL,NULL,NULL,X'616461406578616D706C652E636F6D',X'616461406578616D706C652E636F6D',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,X'00776F72643A61646100776F72643A616461406578616D706C652E636F6D00','{"id":"00000000-0000-7000-8000-000000000010","version":1,"email":"ada@example.com","customer_type":"guest","kind":"guest","created_at":"2026-01-31T12:00:00.000+00:00","updated_at":"2026-01-31T12:00:00.000+00:00"}');
CREATE TABLE customercore_deliveries (
	tenant VARCHAR(64) NOT NULL, 
	subscriber VARCHAR(64) NOT NULL, 
	aggregate VARCHAR(64) NOT NULL, 
	aggregate_id VARCHAR(64) NOT NULL, 
	version BIGINT NOT NULL, 
	ordinal BIGINT NOT NULL, 
	event_id VARCHAR(64) NOT NULL, 
	type VARCHAR(64) NOT NULL, 
	at DATETIME NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	due DATETIME, 
	attempts BIGINT NOT NULL, 
	fence BIGINT NOT NULL, 
	error_code VARCHAR(64), 
	error TEXT, 
	settled_at DATETIME, 
	PRIMARY KEY (tenant, subscriber, aggregate, aggregate_id, version, ordinal)
)
 WITHOUT ROWID

;
CREATE TABLE customercore_entries (
	tenant VARCHAR(64) NOT NULL, 
	wallet VARCHAR(64) NOT NULL, 
	sequence BIGINT NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	currency VARCHAR(16) NOT NULL, 
	amount BIGINT NOT NULL, 
	balance_after BIGINT NOT NULL, 
	held BIGINT NOT NULL, 
	held_after BIGINT NOT NULL, 
	at DATETIME NOT NULL, 
	actor_kind VARCHAR(32) NOT NULL, 
	actor_id VARCHAR(255), 
	on_behalf_of VARCHAR(255), 
	reason VARCHAR(255), 
	reference VARCHAR(255), 
	about VARCHAR(64), 
	expires_at DATETIME, 
	parts TEXT, 
	PRIMARY KEY (tenant, wallet, sequence)
)
 WITHOUT ROWID

;
INSERT INTO "customercore_entries" VALUES('default','00000000-0000-7000-8000-000000000016',1,'00000000-0000-7000-8000-000000000019','credit','SEK',5000,5000,0,0,'2026-01-31 12:00:00.000000','system',NULL,NULL,NULL,NULL,NULL,'2100-01-01 00:00:00.000000','[["00000000-0000-7000-8000-000000000019",5000,"2100-01-01T00:00:00.000+00:00"]]');
INSERT INTO "customercore_entries" VALUES('default','00000000-0000-7000-8000-000000000016',2,'00000000-0000-7000-8000-00000000001b','hold','SEK',0,5000,6000,6000,'2026-01-31 12:00:00.000000','system',NULL,NULL,NULL,'Ö-1',NULL,NULL,'[["00000000-0000-7000-8000-000000000019",5000,"2100-01-01T00:00:00.000+00:00"],["",1000,null]]');
INSERT INTO "customercore_entries" VALUES('default','00000000-0000-7000-8000-000000000016',3,'00000000-0000-7000-8000-00000000001d','capture','SEK',-2500,2500,-2500,3500,'2026-01-31 12:00:00.000000','system',NULL,NULL,NULL,'Ö-1','00000000-0000-7000-8000-00000000001b',NULL,'[["00000000-0000-7000-8000-000000000019",2500,"2100-01-01T00:00:00.000+00:00"]]');
CREATE TABLE customercore_entry_notes (
	tenant VARCHAR(64) NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	version BIGINT NOT NULL, 
	wallet VARCHAR NOT NULL, 
	text TEXT NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (tenant, id)
);
INSERT INTO "customercore_entry_notes" VALUES('default','00000000-0000-7000-8000-000000000019',1,'00000000-0000-7000-8000-000000000016','sorry; ''Ö''','{"id":"00000000-0000-7000-8000-000000000019","version":1,"wallet":"00000000-0000-7000-8000-000000000016","text":"sorry; ''Ö''"}');
CREATE TABLE customercore_events (
	tenant VARCHAR(64) NOT NULL, 
	aggregate VARCHAR(64) NOT NULL, 
	aggregate_id VARCHAR(64) NOT NULL, 
	version BIGINT NOT NULL, 
	ordinal BIGINT NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	type VARCHAR(64) NOT NULL, 
	schema_version BIGINT NOT NULL, 
	customer_id VARCHAR(64), 
	at DATETIME NOT NULL, 
	actor_kind VARCHAR(32) NOT NULL, 
	actor_id VARCHAR(255), 
	on_behalf_of VARCHAR(255), 
	changes TEXT, 
	personal TEXT, 
	reason TEXT, 
	PRIMARY KEY (tenant, aggregate, aggregate_id, version, ordinal)
)
 WITHOUT ROWID

;
INSERT INTO "customercore_events" VALUES('default','customer','00000000-0000-7000-8000-000000000009',1,0,'00000000-0000-7000-8000-00000000000a','customer.created',1,'00000000-0000-7000-8000-000000000009','2026-01-31 12:00:00.000000','system',NULL,NULL,'{"flags":[[],["vip"]],"info.points":[null,42],"info.card":[null,"Ω-1"],"addresses.00000000-0000-7000-8000-00000000000b.default_for":[[],["delivery","invoice"]],"addresses.00000000-0000-7000-8000-00000000000b.country":["","SE"]}','{"code":[null,"C0000001"],"email":[null,"ada@example.com"],"first_name":[null,"Ada"],"last_name":[null,"Ångström"],"birth_date":[null,"1815-12-10"],"tags":[[],["two words","ÅÄÖ"]],"addresses.00000000-0000-7000-8000-00000000000b.line1":[null,"Storgatan 1"],"addresses.00000000-0000-7000-8000-00000000000b.city":[null,"Örebro"],"addresses.00000000-0000-7000-8000-00000000000b.postcode":[null,"702 11"]}',NULL);
INSERT INTO "customercore_events" VALUES('default','customer','00000000-0000-7000-8000-000000000009',2,0,'00000000-0000-7000-8000-00000000000d','customer.updated',1,'00000000-0000-7000-8000-000000000009','2026-01-31 12:00:00.000000','system',NULL,NULL,NULL,'{"first_name":["Ada","Ada Augusta"],"information":[null,"two\nlines; and ''quotes'' \\ %s"]}',NULL);
INSERT INTO "customercore_events" VALUES('default','customer','00000000-0000-7000-8000-00000000000e',1,0,'00000000-0000-7000-8000-00000000000f','customer.created',1,'00000000-0000-7000-8000-00000000000e','2026-01-31 12:00:00.000000','system',NULL,NULL,'{"shop":[null,"main"],"info.points":[null,7]}','{"code":[null,"C0000002"],"email":[null,"bo@example.com"],"first_name":[null,"Bo"],"last_name":[null,"Berg"]}',NULL);
INSERT INTO "customercore_events" VALUES('default','customer','00000000-0000-7000-8000-000000000010',1,0,'00000000-0000-7000-8000-000000000011','customer.created',1,'00000000-0000-7000-8000-000000000010','2026-01-31 12:00:00.000000','system',NULL,NULL,'{"customer_type":["private","guest"],"kind":["registered","guest"]}','{"email":[null,"ada@example.com"]}',NULL);
INSERT INTO "customercore_events" VALUES('default','flag','00000000-0000-7000-8000-000000000001',1,0,'00000000-0000-7000-8000-000000000002','flag.created',1,NULL,'2026-01-31 12:00:00.000000','system',NULL,NULL,'{"code":["","vip"]}',NULL,NULL);
INSERT INTO "customercore_events" VALUES('default','gift_card','00000000-0000-7000-8000-00000000001f',1,0,'00000000-0000-7000-8000-000000000020','gift_card.issued',1,NULL,'2026-01-31 12:00:00.000000','system',NULL,NULL,'{"code_digest":[null,"***"],"currency":["","EUR"],"amount_minor":[0,1000]}',NULL,NULL);
INSERT INTO "customercore_events" VALUES('default','info_type','00000000-0000-7000-8000-000000000005',1,0,'00000000-0000-7000-8000-000000000006','info_type.created',1,NULL,'2026-01-31 12:00:00.000000','system',NULL,NULL,'{"key":["","points"],"kind":["text","integer"],"searchable":[false,true]}',NULL,NULL);
INSERT INTO "customercore_events" VALUES('default','info_type','00000000-0000-7000-8000-000000000007',1,0,'00000000-0000-7000-8000-000000000008','info_type.created',1,NULL,'2026-01-31 12:00:00.000000','system',NULL,NULL,'{"key":["","card"],"unique":[false,true],"searchable":[false,true]}',NULL,NULL);
INSERT INTO "customercore_events" VALUES('default','note','00000000-0000-7000-8000-000000000012',1,0,'00000000-0000-7000-8000-000000000013','note.created',1,'00000000-0000-7000-8000-000000000009','2026-01-31 12:00:00.000000','business_user','clerk',NULL,NULL,NULL,NULL);
INSERT INTO "customercore_events" VALUES('default','shop','00000000-0000-7000-8000-000000000003',1,0,'00000000-0000-7000-8000-000000000004','shop.created',1,NULL,'2026-01-31 12:00:00.000000','system',NULL,NULL,'{"code":["","main"],"name":[null,"Hauptgeschäft"]}',NULL,NULL);
INSERT INTO "customercore_events" VALUES('default','template','00000000-0000-7000-8000-000000000014',1,0,'00000000-0000-7000-8000-000000000015','template.created',1,NULL,'2026-01-31 12:00:00.000000','system',NULL,NULL,'{"message":["","customer.welcome"],"shop":[null,"main"],"language":[null,"de"],"subject":[null,"Grüß Gott ${customer.first_name}"]}',NULL,NULL);
INSERT INTO "customercore_events" VALUES('default','wallet','00000000-0000-7000-8000-000000000016',1,0,'00000000-0000-7000-8000-000000000018','wallet.opened',1,'00000000-0000-7000-8000-000000000009','2026-01-31 12:00:00.000000','system',NULL,NULL,'{"currency":[null,"SEK"],"credit_limit":[null,2000]}',NULL,NULL);
INSERT INTO "customercore_events" VALUES('default','wallet','00000000-0000-7000-8000-000000000016',2,0,'00000000-0000-7000-8000-00000000001a','wallet.credited',1,'00000000-0000-7000-8000-000000000009','2026-01-31 12:00:00.000000','system',NULL,NULL,'{"entry":[null,"00000000-0000-7000-8000-000000000019"],"sequence":[0,1],"currency":[null,"SEK"],"posted_minor":[0,5000]}',NULL,NULL);
INSERT INTO "customercore_events" VALUES('default','wallet','00000000-0000-7000-8000-000000000016',3,0,'00000000-0000-7000-8000-00000000001c','wallet.held',1,'00000000-0000-7000-8000-000000000009','2026-01-31 12:00:00.000000','system',NULL,NULL,'{"entry":[null,"00000000-0000-7000-8000-00000000001b"],"sequence":[1,2],"currency":[null,"SEK"],"held_minor":[0,6000],"reference":[null,"Ö-1"]}',NULL,NULL);
INSERT INTO "customercore_events" VALUES('default','wallet','00000000-0000-7000-8000-000000000016',4,0,'00000000-0000-7000-8000-00000000001e','wallet.captured',1,'00000000-0000-7000-8000-000000000009','2026-01-31 12:00:00.000000','system',NULL,NULL,'{"entry":[null,"00000000-0000-7000-8000-00000000001d"],"sequence":[2,3],"currency":[null,"SEK"],"posted_minor":[5000,2500],"held_minor":[6000,3500],"reference":[null,"Ö-1"],"about":[null,"00000000-0000-7000-8000-00000000001b"]}',NULL,NULL);
CREATE TABLE customercore_flags (
	tenant VARCHAR(64) NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	version BIGINT NOT NULL, 
	code VARCHAR NOT NULL, 
	label VARCHAR, 
	created_at DATETIME, 
	updated_at DATETIME, 
	label_key BLOB, 
	label_sort BLOB, 
	code_unique BLOB, 
	document TEXT NOT NULL, 
	PRIMARY KEY (tenant, id)
);
INSERT INTO "customercore_flags" VALUES('default','00000000-0000-7000-8000-000000000001',1,'vip',NULL,'2026-01-31 12:00:00.000000','2026-01-31 12:00:00.000000',NULL,NULL,X'766970','{"id":"00000000-0000-7000-8000-000000000001","version":1,"code":"vip","created_at":"2026-01-31T12:00:00.000+00:00","updated_at":"2026-01-31T12:00:00.000+00:00"}');
CREATE TABLE customercore_gift_cards (
	tenant VARCHAR(64) NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	version BIGINT NOT NULL, 
	code_digest VARCHAR NOT NULL, 
	currency VARCHAR NOT NULL, 
	amount_minor BIGINT NOT NULL, 
	expires_at DATETIME, 
	reference VARCHAR, 
	wallet VARCHAR, 
	redeemed_at DATETIME, 
	cancelled_at DATETIME, 
	created_at DATETIME, 
	code_digest_unique BLOB, 
	document TEXT NOT NULL, 
	PRIMARY KEY (tenant, id)
);
INSERT INTO "customercore_gift_cards" VALUES('default','00000000-0000-7000-8000-00000000001f',1,'cca62b83b558fac850995eb35555c7f9cc0b4c17692a59d37644a54c92928f51','EUR',1000,NULL,NULL,NULL,NULL,NULL,'2026-01-31 12:00:00.000000',X'63636136326238336235353866616338353039393565623335353535633766396363306234633137363932613539643337363434613534633932393238663531','{"id":"00000000-0000-7000-8000-00000000001f","version":1,"code_digest":"cca62b83b558fac850995eb35555c7f9cc0b4c17692a59d37644a54c92928f51","currency":"EUR","amount_minor":1000,"created_at":"2026-01-31T12:00:00.000+00:00"}');
CREATE TABLE customercore_idempotency_records (
	tenant VARCHAR(64) NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	version BIGINT NOT NULL, 
	operation VARCHAR NOT NULL, 
	fingerprint VARCHAR NOT NULL, 
	result VARCHAR NOT NULL, 
	created_at DATETIME, 
	document TEXT NOT NULL, 
	PRIMARY KEY (tenant, id)
);
INSERT INTO "customercore_idempotency_records" VALUES('default','1dd6a2069b3cd822fc17c363b893936779d34b578b4f05d602793443918b221e',1,'customers.create','4ca90740d71c90a8133c4d447aca8440a113522d5a178fb56f304a6f1d67b2c6','00000000-0000-7000-8000-000000000009','2026-01-31 12:00:00.000000','{"id":"1dd6a2069b3cd822fc17c363b893936779d34b578b4f05d602793443918b221e","version":1,"operation":"customers.create","fingerprint":"4ca90740d71c90a8133c4d447aca8440a113522d5a178fb56f304a6f1d67b2c6","result":"00000000-0000-7000-8000-000000000009","created_at":"2026-01-31T12:00:00.000+00:00"}');
CREATE TABLE customercore_info_types (
	tenant VARCHAR(64) NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	version BIGINT NOT NULL, 
	"key" VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	applies_to VARCHAR NOT NULL, 
	required BOOLEAN NOT NULL, 
	"unique" BOOLEAN NOT NULL, 
	searchable BOOLEAN NOT NULL, 
	customer_visible BOOLEAN NOT NULL, 
	customer_editable BOOLEAN NOT NULL, 
	personal BOOLEAN NOT NULL, 
	pattern TEXT, 
	position BIGINT NOT NULL, 
	retired BOOLEAN NOT NULL, 
	slot VARCHAR, 
	state VARCHAR NOT NULL, 
	backfilled_to VARCHAR, 
	created_at DATETIME, 
	updated_at DATETIME, 
	key_unique BLOB, 
	document TEXT NOT NULL, 
	PRIMARY KEY (tenant, id)
);
INSERT INTO "customercore_info_types" VALUES('default','00000000-0000-7000-8000-000000000005',1,'points','integer','customer',0,0,1,0,0,0,NULL,0,0,'int_0','ready',NULL,'2026-01-31 12:00:00.000000','2026-01-31 12:00:00.000000',X'637573746F6D65723A706F696E7473','{"id":"00000000-0000-7000-8000-000000000005","version":1,"key":"points","kind":"integer","searchable":true,"slot":"int_0","created_at":"2026-01-31T12:00:00.000+00:00","updated_at":"2026-01-31T12:00:00.000+00:00"}');
INSERT INTO "customercore_info_types" VALUES('default','00000000-0000-7000-8000-000000000007',1,'card','text','customer',0,1,1,0,0,0,NULL,0,0,'text_0','ready',NULL,'2026-01-31 12:00:00.000000','2026-01-31 12:00:00.000000',X'637573746F6D65723A63617264','{"id":"00000000-0000-7000-8000-000000000007","version":1,"key":"card","unique":true,"searchable":true,"slot":"text_0","created_at":"2026-01-31T12:00:00.000+00:00","updated_at":"2026-01-31T12:00:00.000+00:00"}');
CREATE TABLE customercore_meta (
	name VARCHAR(64) NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "customercore_meta" VALUES('secret','d2e776b91e7bf683244e32b7f8a2c8e0a7dc1409402bd4523ff2a9b6db96aaba');
INSERT INTO "customercore_meta" VALUES('fold','1/14.0.0');
CREATE TABLE customercore_notes (
	tenant VARCHAR(64) NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	version BIGINT NOT NULL, 
	customer VARCHAR NOT NULL, 
	text TEXT NOT NULL, 
	author_kind VARCHAR NOT NULL, 
	author_id VARCHAR, 
	on_behalf_of VARCHAR, 
	created_at DATETIME, 
	document TEXT NOT NULL, 
	PRIMARY KEY (tenant, id)
);
INSERT INTO "customercore_notes" VALUES('default','00000000-0000-7000-8000-000000000012',1,'00000000-0000-7000-8000-000000000009','two
lines of Ö','business_user','clerk',NULL,'2026-01-31 12:00:00.000000','{"id":"00000000-0000-7000-8000-000000000012","version":1,"customer":"00000000-0000-7000-8000-000000000009","text":"two\nlines of Ö","author_kind":"business_user","author_id":"clerk","created_at":"2026-01-31T12:00:00.000+00:00"}');
CREATE TABLE customercore_schema (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT customercore_schema_pkc PRIMARY KEY (version_num)
);
INSERT INTO "customercore_schema" VALUES('0006');
CREATE TABLE customercore_shops (
	tenant VARCHAR(64) NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	version BIGINT NOT NULL, 
	code VARCHAR NOT NULL, 
	name VARCHAR, 
	currency VARCHAR, 
	parent VARCHAR, 
	created_at DATETIME, 
	updated_at DATETIME, 
	name_key BLOB, 
	name_sort BLOB, 
	code_unique BLOB, 
	document TEXT NOT NULL, 
	PRIMARY KEY (tenant, id)
);
INSERT INTO "customercore_shops" VALUES('default','00000000-0000-7000-8000-000000000003',1,'main','Hauptgeschäft',NULL,NULL,'2026-01-31 12:00:00.000000','2026-01-31 12:00:00.000000',X'68617570746765736368C3A46674',X'68617570746765736368616674',X'6D61696E','{"id":"00000000-0000-7000-8000-000000000003","version":1,"code":"main","name":"Hauptgeschäft","created_at":"2026-01-31T12:00:00.000+00:00","updated_at":"2026-01-31T12:00:00.000+00:00"}');
CREATE TABLE customercore_subscriptions (
	tenant VARCHAR(64) NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	version BIGINT NOT NULL, 
	created_at DATETIME, 
	updated_at DATETIME, 
	document TEXT NOT NULL, 
	PRIMARY KEY (tenant, id)
);
CREATE TABLE customercore_templates (
	tenant VARCHAR(64) NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	version BIGINT NOT NULL, 
	message VARCHAR NOT NULL, 
	shop VARCHAR, 
	language VARCHAR, 
	subject VARCHAR, 
	text TEXT, 
	html TEXT, 
	enabled BOOLEAN NOT NULL, 
	created_at DATETIME, 
	updated_at DATETIME, 
	subject_key BLOB, 
	subject_sort BLOB, 
	key_unique BLOB, 
	document TEXT NOT NULL, 
	PRIMARY KEY (tenant, id)
);
INSERT INTO "customercore_templates" VALUES('default','00000000-0000-7000-8000-000000000014',1,'customer.welcome','main','de','Grüß Gott ${customer.first_name}',NULL,NULL,1,'2026-01-31 12:00:00.000000','2026-01-31 12:00:00.000000',X'6772C3BC737320676F747420247B637573746F6D65722E66697273745F6E616D657D',X'677275737320676F747420247B637573746F6D65722E66697273745F6E616D657D',X'637573746F6D65722E77656C636F6D653A6D61696E3A6465','{"id":"00000000-0000-7000-8000-000000000014","version":1,"message":"customer.welcome","shop":"main","language":"de","subject":"Grüß Gott ${customer.first_name}","created_at":"2026-01-31T12:00:00.000+00:00","updated_at":"2026-01-31T12:00:00.000+00:00"}');
CREATE TABLE customercore_tenants (
	tenant VARCHAR(64) NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	version BIGINT NOT NULL, 
	email_scope VARCHAR NOT NULL, 
	email_special_domains BOOLEAN NOT NULL, 
	customers_code_pattern VARCHAR, 
	customers_max_addresses BIGINT NOT NULL, 
	updated_at DATETIME, 
	document TEXT NOT NULL, 
	PRIMARY KEY (tenant, id)
);
CREATE TABLE customercore_wallets (
	tenant VARCHAR(64) NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	version BIGINT NOT NULL, 
	owner VARCHAR NOT NULL, 
	currency VARCHAR NOT NULL, 
	credit_limit BIGINT NOT NULL, 
	posted_minor BIGINT NOT NULL, 
	held_minor BIGINT NOT NULL, 
	floor_minor BIGINT NOT NULL, 
	last_sequence BIGINT NOT NULL, 
	due_at DATETIME, 
	created_at DATETIME, 
	updated_at DATETIME, 
	owner_unique BLOB, 
	document TEXT NOT NULL, 
	PRIMARY KEY (tenant, id), 
	CONSTRAINT customercore_wallets_within_floor CHECK (held_minor >= 0 AND posted_minor - held_minor >= floor_minor)
);
INSERT INTO "customercore_wallets" VALUES('default','00000000-0000-7000-8000-000000000016',4,'00000000-0000-7000-8000-000000000009','SEK',2000,2500,3500,-2000,3,NULL,'2026-01-31 12:00:00.000000','2026-01-31 12:00:00.000000',X'30303030303030302D303030302D373030302D383030302D3030303030303030303030393A53454B','{"id":"00000000-0000-7000-8000-000000000016","version":4,"owner":"00000000-0000-7000-8000-000000000009","currency":"SEK","credit_limit":2000,"posted_minor":2500,"held_minor":3500,"floor_minor":-2000,"last_sequence":3,"lots":[["00000000-0000-7000-8000-000000000019",2500,2500,"2100-01-01T00:00:00.000+00:00"]],"holds":[["00000000-0000-7000-8000-00000000001b","00000000-0000-7000-8000-000000000016",3500,"SEK",[["00000000-0000-7000-8000-000000000019",2500,"2100-01-01T00:00:00.000+00:00"],["",1000,null]],"2026-01-31T12:00:00.000+00:00",null,"Ö-1"]],"created_at":"2026-01-31T12:00:00.000+00:00","updated_at":"2026-01-31T12:00:00.000+00:00"}');
CREATE INDEX customercore_claims_of ON customercore_claims (tenant, aggregate, id);
CREATE INDEX customercore_customer_types_code_order ON customercore_customer_types (tenant, code, id);
CREATE UNIQUE INDEX customercore_customer_types_code_unique ON customercore_customer_types (tenant, code_unique);
CREATE INDEX customercore_customers_company_name_sort_order ON customercore_customers (tenant, company_name_sort, id);
CREATE INDEX customercore_customers_created_at_order ON customercore_customers (tenant, created_at, id);
CREATE INDEX customercore_customers_email_sort_order ON customercore_customers (tenant, email_sort, id);
CREATE INDEX customercore_customers_int_0_slot ON customercore_customers (tenant, int_0, id) WHERE int_0 IS NOT NULL;
CREATE INDEX customercore_customers_int_10_slot ON customercore_customers (tenant, int_10, id) WHERE int_10 IS NOT NULL;
CREATE INDEX customercore_customers_int_11_slot ON customercore_customers (tenant, int_11, id) WHERE int_11 IS NOT NULL;
CREATE INDEX customercore_customers_int_1_slot ON customercore_customers (tenant, int_1, id) WHERE int_1 IS NOT NULL;
CREATE INDEX customercore_customers_int_2_slot ON customercore_customers (tenant, int_2, id) WHERE int_2 IS NOT NULL;
CREATE INDEX customercore_customers_int_3_slot ON customercore_customers (tenant, int_3, id) WHERE int_3 IS NOT NULL;
CREATE INDEX customercore_customers_int_4_slot ON customercore_customers (tenant, int_4, id) WHERE int_4 IS NOT NULL;
CREATE INDEX customercore_customers_int_5_slot ON customercore_customers (tenant, int_5, id) WHERE int_5 IS NOT NULL;
CREATE INDEX customercore_customers_int_6_slot ON customercore_customers (tenant, int_6, id) WHERE int_6 IS NOT NULL;
CREATE INDEX customercore_customers_int_7_slot ON customercore_customers (tenant, int_7, id) WHERE int_7 IS NOT NULL;
CREATE INDEX customercore_customers_int_8_slot ON customercore_customers (tenant, int_8, id) WHERE int_8 IS NOT NULL;
CREATE INDEX customercore_customers_int_9_slot ON customercore_customers (tenant, int_9, id) WHERE int_9 IS NOT NULL;
CREATE INDEX customercore_customers_last_name_sort_order ON customercore_customers (tenant, last_name_sort, id, status, kind, created_at, int_0, int_1, int_2, int_3, int_4, int_5, int_6, int_7, int_8, int_9, int_10, int_11);
CREATE INDEX customercore_customers_text_0_key_slot ON customercore_customers (tenant, text_0_key, id) WHERE text_0_key IS NOT NULL;
CREATE INDEX customercore_customers_text_0_sort_slot ON customercore_customers (tenant, text_0_sort, id) WHERE text_0_sort IS NOT NULL;
CREATE INDEX customercore_customers_text_1_key_slot ON customercore_customers (tenant, text_1_key, id) WHERE text_1_key IS NOT NULL;
CREATE INDEX customercore_customers_text_1_sort_slot ON customercore_customers (tenant, text_1_sort, id) WHERE text_1_sort IS NOT NULL;
CREATE INDEX customercore_customers_text_2_key_slot ON customercore_customers (tenant, text_2_key, id) WHERE text_2_key IS NOT NULL;
CREATE INDEX customercore_customers_text_2_sort_slot ON customercore_customers (tenant, text_2_sort, id) WHERE text_2_sort IS NOT NULL;
CREATE INDEX customercore_customers_text_3_key_slot ON customercore_customers (tenant, text_3_key, id) WHERE text_3_key IS NOT NULL;
CREATE INDEX customercore_customers_text_3_sort_slot ON customercore_customers (tenant, text_3_sort, id) WHERE text_3_sort IS NOT NULL;
CREATE INDEX customercore_customers_text_4_key_slot ON customercore_customers (tenant, text_4_key, id) WHERE text_4_key IS NOT NULL;
CREATE INDEX customercore_customers_text_4_sort_slot ON customercore_customers (tenant, text_4_sort, id) WHERE text_4_sort IS NOT NULL;
CREATE INDEX customercore_customers_text_5_key_slot ON customercore_customers (tenant, text_5_key, id) WHERE text_5_key IS NOT NULL;
CREATE INDEX customercore_customers_text_5_sort_slot ON customercore_customers (tenant, text_5_sort, id) WHERE text_5_sort IS NOT NULL;
CREATE INDEX customercore_customers_text_6_key_slot ON customercore_customers (tenant, text_6_key, id) WHERE text_6_key IS NOT NULL;
CREATE INDEX customercore_customers_text_6_sort_slot ON customercore_customers (tenant, text_6_sort, id) WHERE text_6_sort IS NOT NULL;
CREATE INDEX customercore_customers_text_7_key_slot ON customercore_customers (tenant, text_7_key, id) WHERE text_7_key IS NOT NULL;
CREATE INDEX customercore_customers_text_7_sort_slot ON customercore_customers (tenant, text_7_sort, id) WHERE text_7_sort IS NOT NULL;
CREATE UNIQUE INDEX customercore_customers_till_unique ON customercore_customers (tenant, till_unique);
CREATE INDEX customercore_deliveries_dead_order ON customercore_deliveries (tenant, state, subscriber, aggregate, aggregate_id, version, ordinal) WHERE state = 'dead';
CREATE INDEX customercore_deliveries_due_order ON customercore_deliveries (tenant, subscriber, due) WHERE due IS NOT NULL;
CREATE INDEX customercore_entries_about_order ON customercore_entries (tenant, about) WHERE about IS NOT NULL;
CREATE INDEX customercore_entries_at_order ON customercore_entries (tenant, wallet, at, sequence);
CREATE UNIQUE INDEX customercore_entries_id_unique ON customercore_entries (tenant, id);
CREATE INDEX customercore_entry_notes_wallet_order ON customercore_entry_notes (tenant, wallet, id);
CREATE INDEX customercore_flags_code_order ON customercore_flags (tenant, code, id);
CREATE UNIQUE INDEX customercore_flags_code_unique ON customercore_flags (tenant, code_unique);
CREATE UNIQUE INDEX customercore_gift_cards_code_digest_unique ON customercore_gift_cards (tenant, code_digest_unique);
CREATE INDEX customercore_idempotency_records_created_at_order ON customercore_idempotency_records (tenant, created_at, id);
CREATE UNIQUE INDEX customercore_info_types_key_unique ON customercore_info_types (tenant, key_unique);
CREATE INDEX customercore_notes_customer_order ON customercore_notes (tenant, customer, id);
CREATE INDEX customercore_shops_code_order ON customercore_shops (tenant, code, id);
CREATE UNIQUE INDEX customercore_shops_code_unique ON customercore_shops (tenant, code_unique);
CREATE UNIQUE INDEX customercore_templates_key_unique ON customercore_templates (tenant, key_unique);
CREATE INDEX customercore_wallets_due_at_order ON customercore_wallets (tenant, due_at, id);
CREATE INDEX customercore_wallets_owner_order ON customercore_wallets (tenant, owner, id);
CREATE UNIQUE INDEX customercore_wallets_owner_unique ON customercore_wallets (tenant, owner_unique);
CREATE TRIGGER customercore_entries_no_update BEFORE UPDATE ON customercore_entries BEGIN SELECT RAISE(ABORT, 'rows of customercore_entries are never changed'); END;
CREATE TRIGGER customercore_entries_no_delete BEFORE DELETE ON customercore_entries BEGIN SELECT RAISE(ABORT, 'rows of customercore_entries are never changed'); END;
CREATE TRIGGER customercore_entries_no_replace BEFORE INSERT ON customercore_entries WHEN EXISTS (SELECT 1 FROM customercore_entries WHERE tenant = NEW.tenant AND wallet = NEW.wallet AND sequence = NEW.sequence) OR EXISTS (SELECT 1 FROM customercore_entries WHERE tenant = NEW.tenant AND id = NEW.id) BEGIN SELECT RAISE(ABORT, 'a row of customercore_entries is there already'); END;
CREATE UNIQUE INDEX customercore_customers_email_unique ON customercore_customers (tenant, email_unique);
CREATE UNIQUE INDEX customercore_customers_code_unique ON customercore_customers (tenant, code_unique);
