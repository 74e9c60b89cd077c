CREATE FUNCTION public.customercore_entries_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$BEGIN RAISE EXCEPTION 'rows of customercore_entries are never changed' USING ERRCODE = 'restrict_violation'; END$$;
CREATE TABLE public.customercore_claims (
    tenant character varying(64) NOT NULL COLLATE pg_catalog."C",
    aggregate character varying(64) NOT NULL COLLATE pg_catalog."C",
    field character varying(80) NOT NULL COLLATE pg_catalog."C",
    key bytea NOT NULL,
    id character varying(64) NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.customercore_counters (
    tenant character varying(64) NOT NULL COLLATE pg_catalog."C",
    id character varying(64) NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    next bigint NOT NULL,
    document text NOT NULL
);
CREATE TABLE public.customercore_customer_types (
    tenant character varying(64) NOT NULL COLLATE pg_catalog."C",
    id character varying(64) NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    code character varying NOT NULL COLLATE pg_catalog."C",
    label character varying COLLATE pg_catalog."C",
    prices_without_tax boolean NOT NULL,
    created_at timestamp with time zone,
    updated_at timestamp with time zone,
    label_key bytea,
    label_sort bytea,
    code_unique bytea,
    document text NOT NULL
);
CREATE TABLE public.customercore_customers (
    tenant character varying(64) NOT NULL COLLATE pg_catalog."C",
    id character varying(64) NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    code character varying COLLATE pg_catalog."C",
    email character varying COLLATE pg_catalog."C",
    email_verified boolean NOT NULL,
    salutation character varying COLLATE pg_catalog."C",
    first_name character varying COLLATE pg_catalog."C",
    middle_name character varying COLLATE pg_catalog."C",
    last_name character varying COLLATE pg_catalog."C",
    suffix character varying COLLATE pg_catalog."C",
    language character varying COLLATE pg_catalog."C",
    birth_date date,
    company_name character varying COLLATE pg_catalog."C",
    company_name_2 character varying COLLATE pg_catalog."C",
    department character varying COLLATE pg_catalog."C",
    customer_type character varying NOT NULL COLLATE pg_catalog."C",
    pricing_policy character varying COLLATE pg_catalog."C",
    information text,
    shop character varying COLLATE pg_catalog."C",
    status character varying NOT NULL COLLATE pg_catalog."C",
    kind character varying NOT NULL COLLATE pg_catalog."C",
    use_invoice_for_delivery boolean NOT NULL,
    created_at timestamp with time zone,
    updated_at timestamp with time zone,
    deactivated_at timestamp with time zone,
    identity_scope character varying NOT NULL COLLATE pg_catalog."C",
    full_name character varying COLLATE pg_catalog."C",
    code_key bytea,
    code_sort bytea,
    email_key bytea,
    email_sort bytea,
    salutation_key bytea,
    salutation_sort bytea,
    first_name_key bytea,
    first_name_sort bytea,
    middle_name_key bytea,
    middle_name_sort bytea,
    last_name_key bytea,
    last_name_sort bytea,
    suffix_key bytea,
    suffix_sort bytea,
    company_name_key bytea,
    company_name_sort bytea,
    company_name_2_key bytea,
    company_name_2_sort bytea,
    department_key bytea,
    department_sort bytea,
    pricing_policy_key bytea,
    pricing_policy_sort bytea,
    full_name_key bytea,
    full_name_sort bytea,
    int_0 bigint,
    int_1 bigint,
    int_2 bigint,
    int_3 bigint,
    int_4 bigint,
    int_5 bigint,
    int_6 bigint,
    int_7 bigint,
    int_8 bigint,
    int_9 bigint,
    int_10 bigint,
    int_11 bigint,
    text_0_key bytea,
    text_0_sort bytea,
    text_1_key bytea,
    text_1_sort bytea,
    text_2_key bytea,
    text_2_sort bytea,
    text_3_key bytea,
    text_3_sort bytea,
    text_4_key bytea,
    text_4_sort bytea,
    text_5_key bytea,
    text_5_sort bytea,
    text_6_key bytea,
    text_6_sort bytea,
    text_7_key bytea,
    text_7_sort bytea,
    email_unique bytea,
    code_unique bytea,
    till_unique bytea,
    search_terms tsvector NOT NULL,
    document text NOT NULL
);
CREATE TABLE public.customercore_deliveries (
    tenant character varying(64) NOT NULL COLLATE pg_catalog."C",
    subscriber character varying(64) NOT NULL COLLATE pg_catalog."C",
    aggregate character varying(64) NOT NULL COLLATE pg_catalog."C",
    aggregate_id character varying(64) NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    ordinal bigint NOT NULL,
    event_id character varying(64) NOT NULL COLLATE pg_catalog."C",
    type character varying(64) NOT NULL COLLATE pg_catalog."C",
    at timestamp with time zone NOT NULL,
    state character varying(16) NOT NULL COLLATE pg_catalog."C",
    due timestamp with time zone,
    attempts bigint NOT NULL,
    fence bigint NOT NULL,
    error_code character varying(64) COLLATE pg_catalog."C",
    error text,
    settled_at timestamp with time zone
);
CREATE TABLE public.customercore_entries (
    tenant character varying(64) NOT NULL COLLATE pg_catalog."C",
    wallet character varying(64) NOT NULL COLLATE pg_catalog."C",
    sequence bigint NOT NULL,
    id character varying(64) NOT NULL COLLATE pg_catalog."C",
    kind character varying(16) NOT NULL COLLATE pg_catalog."C",
    currency character varying(16) NOT NULL COLLATE pg_catalog."C",
    amount bigint NOT NULL,
    balance_after bigint NOT NULL,
    held bigint NOT NULL,
    held_after bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_kind character varying(32) NOT NULL COLLATE pg_catalog."C",
    actor_id character varying(255) COLLATE pg_catalog."C",
    on_behalf_of character varying(255) COLLATE pg_catalog."C",
    reason character varying(255) COLLATE pg_catalog."C",
    reference character varying(255) COLLATE pg_catalog."C",
    about character varying(64) COLLATE pg_catalog."C",
    expires_at timestamp with time zone,
    parts text
);
CREATE TABLE public.customercore_entry_notes (
    tenant character varying(64) NOT NULL COLLATE pg_catalog."C",
    id character varying(64) NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    wallet character varying NOT NULL COLLATE pg_catalog."C",
    text text NOT NULL,
    document text NOT NULL
);
CREATE TABLE public.customercore_events (
    tenant character varying(64) NOT NULL COLLATE pg_catalog."C",
    aggregate character varying(64) NOT NULL COLLATE pg_catalog."C",
    aggregate_id character varying(64) NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    ordinal bigint NOT NULL,
    id character varying(64) NOT NULL COLLATE pg_catalog."C",
    type character varying(64) NOT NULL COLLATE pg_catalog."C",
    schema_version bigint NOT NULL,
    customer_id character varying(64) COLLATE pg_catalog."C",
    at timestamp with time zone NOT NULL,
    actor_kind character varying(32) NOT NULL COLLATE pg_catalog."C",
    actor_id character varying(255) COLLATE pg_catalog."C",
    on_behalf_of character varying(255) COLLATE pg_catalog."C",
    changes text,
    personal text,
    reason text
);
CREATE TABLE public.customercore_flags (
    tenant character varying(64) NOT NULL COLLATE pg_catalog."C",
    id character varying(64) NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    code character varying NOT NULL COLLATE pg_catalog."C",
    label character varying COLLATE pg_catalog."C",
    created_at timestamp with time zone,
    updated_at timestamp with time zone,
    label_key bytea,
    label_sort bytea,
    code_unique bytea,
    document text NOT NULL
);
CREATE TABLE public.customercore_gift_cards (
    tenant character varying(64) NOT NULL COLLATE pg_catalog."C",
    id character varying(64) NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    code_digest character varying NOT NULL COLLATE pg_catalog."C",
    currency character varying NOT NULL COLLATE pg_catalog."C",
    amount_minor bigint NOT NULL,
    expires_at timestamp with time zone,
    reference character varying COLLATE pg_catalog."C",
    wallet character varying COLLATE pg_catalog."C",
    redeemed_at timestamp with time zone,
    cancelled_at timestamp with time zone,
    created_at timestamp with time zone,
    code_digest_unique bytea,
    document text NOT NULL
);
CREATE TABLE public.customercore_idempotency_records (
    tenant character varying(64) NOT NULL COLLATE pg_catalog."C",
    id character varying(64) NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    operation character varying NOT NULL COLLATE pg_catalog."C",
    fingerprint character varying NOT NULL COLLATE pg_catalog."C",
    result character varying NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone,
    document text NOT NULL
);
CREATE TABLE public.customercore_info_types (
    tenant character varying(64) NOT NULL COLLATE pg_catalog."C",
    id character varying(64) NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    key character varying NOT NULL COLLATE pg_catalog."C",
    kind character varying NOT NULL COLLATE pg_catalog."C",
    applies_to character varying NOT NULL COLLATE pg_catalog."C",
    required boolean NOT NULL,
    "unique" boolean NOT NULL,
    searchable boolean NOT NULL,
    customer_visible boolean NOT NULL,
    customer_editable boolean NOT NULL,
    personal boolean NOT NULL,
    pattern text,
    "position" bigint NOT NULL,
    retired boolean NOT NULL,
    slot character varying COLLATE pg_catalog."C",
    state character varying NOT NULL COLLATE pg_catalog."C",
    backfilled_to character varying COLLATE pg_catalog."C",
    created_at timestamp with time zone,
    updated_at timestamp with time zone,
    key_unique bytea,
    document text NOT NULL
);
CREATE TABLE public.customercore_meta (
    name character varying(64) NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL
);
CREATE TABLE public.customercore_notes (
    tenant character varying(64) NOT NULL COLLATE pg_catalog."C",
    id character varying(64) NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    customer character varying NOT NULL COLLATE pg_catalog."C",
    text text NOT NULL,
    author_kind character varying NOT NULL COLLATE pg_catalog."C",
    author_id character varying COLLATE pg_catalog."C",
    on_behalf_of character varying COLLATE pg_catalog."C",
    created_at timestamp with time zone,
    document text NOT NULL
);
CREATE TABLE public.customercore_schema (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.customercore_shops (
    tenant character varying(64) NOT NULL COLLATE pg_catalog."C",
    id character varying(64) NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    code character varying NOT NULL COLLATE pg_catalog."C",
    name character varying COLLATE pg_catalog."C",
    currency character varying COLLATE pg_catalog."C",
    parent character varying COLLATE pg_catalog."C",
    created_at timestamp with time zone,
    updated_at timestamp with time zone,
    name_key bytea,
    name_sort bytea,
    code_unique bytea,
    document text NOT NULL
);
CREATE TABLE public.customercore_subscriptions (
    tenant character varying(64) NOT NULL COLLATE pg_catalog."C",
    id character varying(64) NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    created_at timestamp with time zone,
    updated_at timestamp with time zone,
    document text NOT NULL
);
CREATE TABLE public.customercore_templates (
    tenant character varying(64) NOT NULL COLLATE pg_catalog."C",
    id character varying(64) NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    message character varying NOT NULL COLLATE pg_catalog."C",
    shop character varying COLLATE pg_catalog."C",
    language character varying COLLATE pg_catalog."C",
    subject character varying COLLATE pg_catalog."C",
    text text,
    html text,
    enabled boolean NOT NULL,
    created_at timestamp with time zone,
    updated_at timestamp with time zone,
    subject_key bytea,
    subject_sort bytea,
    key_unique bytea,
    document text NOT NULL
);
CREATE TABLE public.customercore_tenants (
    tenant character varying(64) NOT NULL COLLATE pg_catalog."C",
    id character varying(64) NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    email_scope character varying NOT NULL COLLATE pg_catalog."C",
    email_special_domains boolean NOT NULL,
    customers_code_pattern character varying COLLATE pg_catalog."C",
    customers_max_addresses bigint NOT NULL,
    updated_at timestamp with time zone,
    document text NOT NULL
);
CREATE TABLE public.customercore_wallets (
    tenant character varying(64) NOT NULL COLLATE pg_catalog."C",
    id character varying(64) NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    owner character varying NOT NULL COLLATE pg_catalog."C",
    currency character varying NOT NULL COLLATE pg_catalog."C",
    credit_limit bigint NOT NULL,
    posted_minor bigint NOT NULL,
    held_minor bigint NOT NULL,
    floor_minor bigint NOT NULL,
    last_sequence bigint NOT NULL,
    due_at timestamp with time zone,
    created_at timestamp with time zone,
    updated_at timestamp with time zone,
    owner_unique bytea,
    document text NOT NULL,
    CONSTRAINT customercore_wallets_within_floor CHECK (((held_minor >= 0) AND ((posted_minor - held_minor) >= floor_minor)))
);
INSERT INTO public.customercore_claims VALUES ('default', 'customer', 'info.card', '\xcf892d31', '00000000-0000-7000-8000-000000000009');
INSERT INTO public.customercore_counters VALUES ('default', 'definitions', 5, 1, '{"id":"definitions","version":5}');
INSERT INTO public.customercore_counters VALUES ('default', 'customer_code', 1, 101, '{"id":"customer_code","version":1,"next":101}');
INSERT INTO public.customercore_customers VALUES ('default', '00000000-0000-7000-8000-000000000009', 2, 'C0000001', 'ada@example.com', false, NULL, 'Ada Augusta', NULL, 'Ångström', NULL, NULL, '1815-12-10', NULL, NULL, NULL, 'private', NULL, 'two
lines; and ''quotes'' \ %s', NULL, 'active', 'registered', false, '2026-01-31 17:30:00+05:30', '2026-01-31 17:30:00+05:30', NULL, '', 'Ada Augusta Ångström', '\x6330303030303031', '\x6330303030303031', '\x616461406578616d706c652e636f6d', '\x616461406578616d706c652e636f6d', NULL, NULL, '\x6164612061756775737461', '\x6164612061756775737461', NULL, NULL, '\xc3a56e67737472c3b66d', '\x616e677374726f6d', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x616461206175677573746120c3a56e67737472c3b66d', '\x616461206175677573746120616e677374726f6d', 42, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\xcf892d31', '\xcf892d31', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x616461406578616d706c652e636f6d', '\x6330303030303031', NULL, '''default/address.city:örebro'':1 ''default/address.country:se'':1 ''default/address.postcode:702 11'':1 ''default/flag:vip'' ''default/tag:two words'' ''default/tag:åäö'' ''default/word:ada'' ''default/word:ada@example.com'' ''default/word:angstrom'' ''default/word:augusta'' ''default/word:c0000001''', '{"id":"00000000-0000-7000-8000-000000000009","version":2,"code":"C0000001","email":"ada@example.com","first_name":"Ada Augusta","last_name":"Ångström","birth_date":"1815-12-10","information":"two\nlines; and ''quotes'' \\ %s","flags":["vip"],"tags":["two words","ÅÄÖ"],"info":{"points":42,"card":"Ω-1"},"addresses":[{"id":"00000000-0000-7000-8000-00000000000b","default_for":["delivery","invoice"],"line1":"Storgatan 1","city":"Örebro","postcode":"702 11","country":"SE"}],"created_at":"2026-01-31T12:00:00.000+00:00","updated_at":"2026-01-31T12:00:00.000+00:00"}');
INSERT INTO public.customercore_customers VALUES ('default', '00000000-0000-7000-8000-00000000000e', 1, 'C0000002', 'bo@example.com', false, NULL, 'Bo', NULL, 'Berg', NULL, NULL, NULL, NULL, NULL, NULL, 'private', NULL, NULL, 'main', 'active', 'registered', false, '2026-01-31 17:30:00+05:30', '2026-01-31 17:30:00+05:30', NULL, '', 'Bo Berg', '\x6330303030303032', '\x6330303030303032', '\x626f406578616d706c652e636f6d', '\x626f406578616d706c652e636f6d', NULL, NULL, '\x626f', '\x626f', NULL, NULL, '\x62657267', '\x62657267', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x626f2062657267', '\x626f2062657267', 7, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x626f406578616d706c652e636f6d', '\x6330303030303032', NULL, '''default/word:berg'' ''default/word:bo'' ''default/word:bo@example.com'' ''default/word:c0000002''', '{"id":"00000000-0000-7000-8000-00000000000e","version":1,"code":"C0000002","email":"bo@example.com","first_name":"Bo","last_name":"Berg","shop":"main","info":{"points":7},"created_at":"2026-01-31T12:00:00.000+00:00","updated_at":"2026-01-31T12:00:00.000+00:00"}');
INSERT INTO public.customercore_customers VALUES ('default', '00000000-0000-7000-8000-000000000010', 1, NULL, 'ada@example.com', false, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'guest', NULL, NULL, NULL, 'active', 'guest', false, '2026-01-31 17:30:00+05:30', '2026-01-31 17:30:00+05:30', NULL, '', NULL, NULL, NULL, '\x616461406578616d706c652e636f6d', '\x616461406578616d706c652e636f6d', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '''default/word:ada'' ''default/word:ada@example.com''', '{"id":"00000000-0000-7000-8000-000000000010","version":1,"email":"ada@example.com","customer_type":"guest","kind":"guest","created_at":"2026-01-31T12:00:00.000+00:00","updated_at":"2026-01-31T12:00:00.000+00:00"}');
INSERT INTO public.customercore_entries VALUES ('default', '00000000-0000-7000-8000-000000000016', 1, '00000000-0000-7000-8000-000000000019', 'credit', 'SEK', 5000, 5000, 0, 0, '2026-01-31 17:30:00+05:30', 'system', NULL, NULL, NULL, NULL, NULL, '2100-01-01 05:30:00+05:30', '[["00000000-0000-7000-8000-000000000019",5000,"2100-01-01T00:00:00.000+00:00"]]');
INSERT INTO public.customercore_entries VALUES ('default', '00000000-0000-7000-8000-000000000016', 2, '00000000-0000-7000-8000-00000000001b', 'hold', 'SEK', 0, 5000, 6000, 6000, '2026-01-31 17:30:00+05:30', 'system', NULL, NULL, NULL, 'Ö-1', NULL, NULL, '[["00000000-0000-7000-8000-000000000019",5000,"2100-01-01T00:00:00.000+00:00"],["",1000,null]]');
INSERT INTO public.customercore_entries VALUES ('default', '00000000-0000-7000-8000-000000000016', 3, '00000000-0000-7000-8000-00000000001d', 'capture', 'SEK', -2500, 2500, -2500, 3500, '2026-01-31 17:30:00+05:30', 'system', NULL, NULL, NULL, 'Ö-1', '00000000-0000-7000-8000-00000000001b', NULL, '[["00000000-0000-7000-8000-000000000019",2500,"2100-01-01T00:00:00.000+00:00"]]');
INSERT INTO public.customercore_entry_notes VALUES ('default', '00000000-0000-7000-8000-000000000019', 1, '00000000-0000-7000-8000-000000000016', 'sorry; ''Ö''', '{"id":"00000000-0000-7000-8000-000000000019","version":1,"wallet":"00000000-0000-7000-8000-000000000016","text":"sorry; ''Ö''"}');
INSERT INTO public.customercore_events VALUES ('default', 'flag', '00000000-0000-7000-8000-000000000001', 1, 0, '00000000-0000-7000-8000-000000000002', 'flag.created', 1, NULL, '2026-01-31 17:30:00+05:30', 'system', NULL, NULL, '{"code":["","vip"]}', NULL, NULL);
INSERT INTO public.customercore_events VALUES ('default', 'shop', '00000000-0000-7000-8000-000000000003', 1, 0, '00000000-0000-7000-8000-000000000004', 'shop.created', 1, NULL, '2026-01-31 17:30:00+05:30', 'system', NULL, NULL, '{"code":["","main"],"name":[null,"Hauptgeschäft"]}', NULL, NULL);
INSERT INTO public.customercore_events VALUES ('default', 'info_type', '00000000-0000-7000-8000-000000000005', 1, 0, '00000000-0000-7000-8000-000000000006', 'info_type.created', 1, NULL, '2026-01-31 17:30:00+05:30', 'system', NULL, NULL, '{"key":["","points"],"kind":["text","integer"],"searchable":[false,true]}', NULL, NULL);
INSERT INTO public.customercore_events VALUES ('default', 'info_type', '00000000-0000-7000-8000-000000000007', 1, 0, '00000000-0000-7000-8000-000000000008', 'info_type.created', 1, NULL, '2026-01-31 17:30:00+05:30', 'system', NULL, NULL, '{"key":["","card"],"unique":[false,true],"searchable":[false,true]}', NULL, NULL);
INSERT INTO public.customercore_events VALUES ('default', 'customer', '00000000-0000-7000-8000-000000000009', 1, 0, '00000000-0000-7000-8000-00000000000a', 'customer.created', 1, '00000000-0000-7000-8000-000000000009', '2026-01-31 17:30:00+05:30', 'system', NULL, NULL, '{"flags":[[],["vip"]],"info.points":[null,42],"info.card":[null,"Ω-1"],"addresses.00000000-0000-7000-8000-00000000000b.default_for":[[],["delivery","invoice"]],"addresses.00000000-0000-7000-8000-00000000000b.country":["","SE"]}', '{"code":[null,"C0000001"],"email":[null,"ada@example.com"],"first_name":[null,"Ada"],"last_name":[null,"Ångström"],"birth_date":[null,"1815-12-10"],"tags":[[],["two words","ÅÄÖ"]],"addresses.00000000-0000-7000-8000-00000000000b.line1":[null,"Storgatan 1"],"addresses.00000000-0000-7000-8000-00000000000b.city":[null,"Örebro"],"addresses.00000000-0000-7000-8000-00000000000b.postcode":[null,"702 11"]}', NULL);
INSERT INTO public.customercore_events VALUES ('default', 'customer', '00000000-0000-7000-8000-000000000009', 2, 0, '00000000-0000-7000-8000-00000000000d', 'customer.updated', 1, '00000000-0000-7000-8000-000000000009', '2026-01-31 17:30:00+05:30', 'system', NULL, NULL, NULL, '{"first_name":["Ada","Ada Augusta"],"information":[null,"two\nlines; and ''quotes'' \\ %s"]}', NULL);
INSERT INTO public.customercore_events VALUES ('default', 'customer', '00000000-0000-7000-8000-00000000000e', 1, 0, '00000000-0000-7000-8000-00000000000f', 'customer.created', 1, '00000000-0000-7000-8000-00000000000e', '2026-01-31 17:30:00+05:30', 'system', NULL, NULL, '{"shop":[null,"main"],"info.points":[null,7]}', '{"code":[null,"C0000002"],"email":[null,"bo@example.com"],"first_name":[null,"Bo"],"last_name":[null,"Berg"]}', NULL);
INSERT INTO public.customercore_events VALUES ('default', 'customer', '00000000-0000-7000-8000-000000000010', 1, 0, '00000000-0000-7000-8000-000000000011', 'customer.created', 1, '00000000-0000-7000-8000-000000000010', '2026-01-31 17:30:00+05:30', 'system', NULL, NULL, '{"customer_type":["private","guest"],"kind":["registered","guest"]}', '{"email":[null,"ada@example.com"]}', NULL);
INSERT INTO public.customercore_events VALUES ('default', 'note', '00000000-0000-7000-8000-000000000012', 1, 0, '00000000-0000-7000-8000-000000000013', 'note.created', 1, '00000000-0000-7000-8000-000000000009', '2026-01-31 17:30:00+05:30', 'business_user', 'clerk', NULL, NULL, NULL, NULL);
INSERT INTO public.customercore_events VALUES ('default', 'template', '00000000-0000-7000-8000-000000000014', 1, 0, '00000000-0000-7000-8000-000000000015', 'template.created', 1, NULL, '2026-01-31 17:30:00+05:30', 'system', NULL, NULL, '{"message":["","customer.welcome"],"shop":[null,"main"],"language":[null,"de"],"subject":[null,"Grüß Gott ${customer.first_name}"]}', NULL, NULL);
INSERT INTO public.customercore_events VALUES ('default', 'wallet', '00000000-0000-7000-8000-000000000016', 1, 0, '00000000-0000-7000-8000-000000000018', 'wallet.opened', 1, '00000000-0000-7000-8000-000000000009', '2026-01-31 17:30:00+05:30', 'system', NULL, NULL, '{"currency":[null,"SEK"],"credit_limit":[null,2000]}', NULL, NULL);
INSERT INTO public.customercore_events VALUES ('default', 'wallet', '00000000-0000-7000-8000-000000000016', 2, 0, '00000000-0000-7000-8000-00000000001a', 'wallet.credited', 1, '00000000-0000-7000-8000-000000000009', '2026-01-31 17:30:00+05:30', 'system', NULL, NULL, '{"entry":[null,"00000000-0000-7000-8000-000000000019"],"sequence":[0,1],"currency":[null,"SEK"],"posted_minor":[0,5000]}', NULL, NULL);
INSERT INTO public.customercore_events VALUES ('default', 'wallet', '00000000-0000-7000-8000-000000000016', 3, 0, '00000000-0000-7000-8000-00000000001c', 'wallet.held', 1, '00000000-0000-7000-8000-000000000009', '2026-01-31 17:30:00+05:30', 'system', NULL, NULL, '{"entry":[null,"00000000-0000-7000-8000-00000000001b"],"sequence":[1,2],"currency":[null,"SEK"],"held_minor":[0,6000],"reference":[null,"Ö-1"]}', NULL, NULL);
INSERT INTO public.customercore_events VALUES ('default', 'wallet', '00000000-0000-7000-8000-000000000016', 4, 0, '00000000-0000-7000-8000-00000000001e', 'wallet.captured', 1, '00000000-0000-7000-8000-000000000009', '2026-01-31 17:30:00+05:30', 'system', NULL, NULL, '{"entry":[null,"00000000-0000-7000-8000-00000000001d"],"sequence":[2,3],"currency":[null,"SEK"],"posted_minor":[5000,2500],"held_minor":[6000,3500],"reference":[null,"Ö-1"],"about":[null,"00000000-0000-7000-8000-00000000001b"]}', NULL, NULL);
INSERT INTO public.customercore_events VALUES ('default', 'gift_card', '00000000-0000-7000-8000-00000000001f', 1, 0, '00000000-0000-7000-8000-000000000020', 'gift_card.issued', 1, NULL, '2026-01-31 17:30:00+05:30', 'system', NULL, NULL, '{"code_digest":[null,"***"],"currency":["","EUR"],"amount_minor":[0,1000]}', NULL, NULL);
INSERT INTO public.customercore_flags VALUES ('default', '00000000-0000-7000-8000-000000000001', 1, 'vip', NULL, '2026-01-31 17:30:00+05:30', '2026-01-31 17:30:00+05:30', NULL, NULL, '\x766970', '{"id":"00000000-0000-7000-8000-000000000001","version":1,"code":"vip","created_at":"2026-01-31T12:00:00.000+00:00","updated_at":"2026-01-31T12:00:00.000+00:00"}');
INSERT INTO public.customercore_gift_cards VALUES ('default', '00000000-0000-7000-8000-00000000001f', 1, 'aebf362da30ea0e9ddd0cea397b745cfd94bb1db4677fd2f127b18d521d74c3a', 'EUR', 1000, NULL, NULL, NULL, NULL, NULL, '2026-01-31 17:30:00+05:30', '\x61656266333632646133306561306539646464306365613339376237343563666439346262316462343637376664326631323762313864353231643734633361', '{"id":"00000000-0000-7000-8000-00000000001f","version":1,"code_digest":"aebf362da30ea0e9ddd0cea397b745cfd94bb1db4677fd2f127b18d521d74c3a","currency":"EUR","amount_minor":1000,"created_at":"2026-01-31T12:00:00.000+00:00"}');
INSERT INTO public.customercore_idempotency_records VALUES ('default', '1dd6a2069b3cd822fc17c363b893936779d34b578b4f05d602793443918b221e', 1, 'customers.create', '16b52b3c7761f0b9bd252905a31e012483bfcf3469da68af7f229352e9292a1b', '00000000-0000-7000-8000-000000000009', '2026-01-31 17:30:00+05:30', '{"id":"1dd6a2069b3cd822fc17c363b893936779d34b578b4f05d602793443918b221e","version":1,"operation":"customers.create","fingerprint":"16b52b3c7761f0b9bd252905a31e012483bfcf3469da68af7f229352e9292a1b","result":"00000000-0000-7000-8000-000000000009","created_at":"2026-01-31T12:00:00.000+00:00"}');
INSERT INTO public.customercore_info_types VALUES ('default', '00000000-0000-7000-8000-000000000005', 1, 'points', 'integer', 'customer', false, false, true, false, false, false, NULL, 0, false, 'int_0', 'ready', NULL, '2026-01-31 17:30:00+05:30', '2026-01-31 17:30:00+05:30', '\x637573746f6d65723a706f696e7473', '{"id":"00000000-0000-7000-8000-000000000005","version":1,"key":"points","kind":"integer","searchable":true,"slot":"int_0","created_at":"2026-01-31T12:00:00.000+00:00","updated_at":"2026-01-31T12:00:00.000+00:00"}');
INSERT INTO public.customercore_info_types VALUES ('default', '00000000-0000-7000-8000-000000000007', 1, 'card', 'text', 'customer', false, true, true, false, false, false, NULL, 0, false, 'text_0', 'ready', NULL, '2026-01-31 17:30:00+05:30', '2026-01-31 17:30:00+05:30', '\x637573746f6d65723a63617264', '{"id":"00000000-0000-7000-8000-000000000007","version":1,"key":"card","unique":true,"searchable":true,"slot":"text_0","created_at":"2026-01-31T12:00:00.000+00:00","updated_at":"2026-01-31T12:00:00.000+00:00"}');
INSERT INTO public.customercore_meta VALUES ('secret', 'df89dda0253f0503830097b538053a2a8f6b700ca060ba1e061de74de0856de8');
INSERT INTO public.customercore_meta VALUES ('fold', '1/14.0.0');
INSERT INTO public.customercore_notes VALUES ('default', '00000000-0000-7000-8000-000000000012', 1, '00000000-0000-7000-8000-000000000009', 'two
lines of Ö', 'business_user', 'clerk', NULL, '2026-01-31 17:30:00+05:30', '{"id":"00000000-0000-7000-8000-000000000012","version":1,"customer":"00000000-0000-7000-8000-000000000009","text":"two\nlines of Ö","author_kind":"business_user","author_id":"clerk","created_at":"2026-01-31T12:00:00.000+00:00"}');
INSERT INTO public.customercore_schema VALUES ('0006');
INSERT INTO public.customercore_shops VALUES ('default', '00000000-0000-7000-8000-000000000003', 1, 'main', 'Hauptgeschäft', NULL, NULL, '2026-01-31 17:30:00+05:30', '2026-01-31 17:30:00+05:30', '\x68617570746765736368c3a46674', '\x68617570746765736368616674', '\x6d61696e', '{"id":"00000000-0000-7000-8000-000000000003","version":1,"code":"main","name":"Hauptgeschäft","created_at":"2026-01-31T12:00:00.000+00:00","updated_at":"2026-01-31T12:00:00.000+00:00"}');
INSERT INTO public.customercore_templates VALUES ('default', '00000000-0000-7000-8000-000000000014', 1, 'customer.welcome', 'main', 'de', 'Grüß Gott ${customer.first_name}', NULL, NULL, true, '2026-01-31 17:30:00+05:30', '2026-01-31 17:30:00+05:30', '\x6772c3bc737320676f747420247b637573746f6d65722e66697273745f6e616d657d', '\x677275737320676f747420247b637573746f6d65722e66697273745f6e616d657d', '\x637573746f6d65722e77656c636f6d653a6d61696e3a6465', '{"id":"00000000-0000-7000-8000-000000000014","version":1,"message":"customer.welcome","shop":"main","language":"de","subject":"Grüß Gott ${customer.first_name}","created_at":"2026-01-31T12:00:00.000+00:00","updated_at":"2026-01-31T12:00:00.000+00:00"}');
INSERT INTO public.customercore_wallets VALUES ('default', '00000000-0000-7000-8000-000000000016', 4, '00000000-0000-7000-8000-000000000009', 'SEK', 2000, 2500, 3500, -2000, 3, NULL, '2026-01-31 17:30:00+05:30', '2026-01-31 17:30:00+05:30', '\x30303030303030302d303030302d373030302d383030302d3030303030303030303030393a53454b', '{"id":"00000000-0000-7000-8000-000000000016","version":4,"owner":"00000000-0000-7000-8000-000000000009","currency":"SEK","credit_limit":2000,"posted_minor":2500,"held_minor":3500,"floor_minor":-2000,"last_sequence":3,"lots":[["00000000-0000-7000-8000-000000000019",2500,2500,"2100-01-01T00:00:00.000+00:00"]],"holds":[["00000000-0000-7000-8000-00000000001b","00000000-0000-7000-8000-000000000016",3500,"SEK",[["00000000-0000-7000-8000-000000000019",2500,"2100-01-01T00:00:00.000+00:00"],["",1000,null]],"2026-01-31T12:00:00.000+00:00",null,"Ö-1"]],"created_at":"2026-01-31T12:00:00.000+00:00","updated_at":"2026-01-31T12:00:00.000+00:00"}');
ALTER TABLE ONLY public.customercore_claims
    ADD CONSTRAINT customercore_claims_pkey PRIMARY KEY (tenant, aggregate, field, key);
ALTER TABLE ONLY public.customercore_counters
    ADD CONSTRAINT customercore_counters_pkey PRIMARY KEY (tenant, id);
ALTER TABLE ONLY public.customercore_customer_types
    ADD CONSTRAINT customercore_customer_types_pkey PRIMARY KEY (tenant, id);
ALTER TABLE ONLY public.customercore_customers
    ADD CONSTRAINT customercore_customers_pkey PRIMARY KEY (tenant, id);
ALTER TABLE ONLY public.customercore_deliveries
    ADD CONSTRAINT customercore_deliveries_pkey PRIMARY KEY (tenant, subscriber, aggregate, aggregate_id, version, ordinal);
ALTER TABLE ONLY public.customercore_entries
    ADD CONSTRAINT customercore_entries_pkey PRIMARY KEY (tenant, wallet, sequence);
ALTER TABLE ONLY public.customercore_entry_notes
    ADD CONSTRAINT customercore_entry_notes_pkey PRIMARY KEY (tenant, id);
ALTER TABLE ONLY public.customercore_events
    ADD CONSTRAINT customercore_events_pkey PRIMARY KEY (tenant, aggregate, aggregate_id, version, ordinal);
ALTER TABLE ONLY public.customercore_flags
    ADD CONSTRAINT customercore_flags_pkey PRIMARY KEY (tenant, id);
ALTER TABLE ONLY public.customercore_gift_cards
    ADD CONSTRAINT customercore_gift_cards_pkey PRIMARY KEY (tenant, id);
ALTER TABLE ONLY public.customercore_idempotency_records
    ADD CONSTRAINT customercore_idempotency_records_pkey PRIMARY KEY (tenant, id);
ALTER TABLE ONLY public.customercore_info_types
    ADD CONSTRAINT customercore_info_types_pkey PRIMARY KEY (tenant, id);
ALTER TABLE ONLY public.customercore_meta
    ADD CONSTRAINT customercore_meta_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.customercore_notes
    ADD CONSTRAINT customercore_notes_pkey PRIMARY KEY (tenant, id);
ALTER TABLE ONLY public.customercore_schema
    ADD CONSTRAINT customercore_schema_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.customercore_shops
    ADD CONSTRAINT customercore_shops_pkey PRIMARY KEY (tenant, id);
ALTER TABLE ONLY public.customercore_subscriptions
    ADD CONSTRAINT customercore_subscriptions_pkey PRIMARY KEY (tenant, id);
ALTER TABLE ONLY public.customercore_templates
    ADD CONSTRAINT customercore_templates_pkey PRIMARY KEY (tenant, id);
ALTER TABLE ONLY public.customercore_tenants
    ADD CONSTRAINT customercore_tenants_pkey PRIMARY KEY (tenant, id);
ALTER TABLE ONLY public.customercore_wallets
    ADD CONSTRAINT customercore_wallets_pkey PRIMARY KEY (tenant, id);
CREATE INDEX customercore_claims_of ON public.customercore_claims USING btree (tenant, aggregate, id);
CREATE INDEX customercore_customer_types_code_order ON public.customercore_customer_types USING btree (tenant, code, id);
CREATE UNIQUE INDEX customercore_customer_types_code_unique ON public.customercore_customer_types USING btree (tenant, code_unique);
CREATE UNIQUE INDEX customercore_customers_code_unique ON public.customercore_customers USING btree (tenant, code_unique);
CREATE INDEX customercore_customers_company_name_sort_order ON public.customercore_customers USING btree (tenant, company_name_sort, id);
CREATE INDEX customercore_customers_created_at_order ON public.customercore_customers USING btree (tenant, created_at, id);
CREATE INDEX customercore_customers_email_sort_order ON public.customercore_customers USING btree (tenant, email_sort, id);
CREATE UNIQUE INDEX customercore_customers_email_unique ON public.customercore_customers USING btree (tenant, email_unique);
CREATE INDEX customercore_customers_int_0_slot ON public.customercore_customers USING btree (tenant, int_0, id) WHERE (int_0 IS NOT NULL);
CREATE INDEX customercore_customers_int_10_slot ON public.customercore_customers USING btree (tenant, int_10, id) WHERE (int_10 IS NOT NULL);
CREATE INDEX customercore_customers_int_11_slot ON public.customercore_customers USING btree (tenant, int_11, id) WHERE (int_11 IS NOT NULL);
CREATE INDEX customercore_customers_int_1_slot ON public.customercore_customers USING btree (tenant, int_1, id) WHERE (int_1 IS NOT NULL);
CREATE INDEX customercore_customers_int_2_slot ON public.customercore_customers USING btree (tenant, int_2, id) WHERE (int_2 IS NOT NULL);
CREATE INDEX customercore_customers_int_3_slot ON public.customercore_customers USING btree (tenant, int_3, id) WHERE (int_3 IS NOT NULL);
CREATE INDEX customercore_customers_int_4_slot ON public.customercore_customers USING btree (tenant, int_4, id) WHERE (int_4 IS NOT NULL);
CREATE INDEX customercore_customers_int_5_slot ON public.customercore_customers USING btree (tenant, int_5, id) WHERE (int_5 IS NOT NULL);
CREATE INDEX customercore_customers_int_6_slot ON public.customercore_customers USING btree (tenant, int_6, id) WHERE (int_6 IS NOT NULL);
CREATE INDEX customercore_customers_int_7_slot ON public.customercore_customers USING btree (tenant, int_7, id) WHERE (int_7 IS NOT NULL);
CREATE INDEX customercore_customers_int_8_slot ON public.customercore_customers USING btree (tenant, int_8, id) WHERE (int_8 IS NOT NULL);
CREATE INDEX customercore_customers_int_9_slot ON public.customercore_customers USING btree (tenant, int_9, id) WHERE (int_9 IS NOT NULL);
CREATE INDEX customercore_customers_last_name_sort_order ON public.customercore_customers USING btree (tenant, last_name_sort, id);
CREATE INDEX customercore_customers_search_terms ON public.customercore_customers USING gin (search_terms);
CREATE INDEX customercore_customers_text_0_key_slot ON public.customercore_customers USING btree (tenant, text_0_key, id) WHERE (text_0_key IS NOT NULL);
CREATE INDEX customercore_customers_text_0_sort_slot ON public.customercore_customers USING btree (tenant, text_0_sort, id) WHERE (text_0_sort IS NOT NULL);
CREATE INDEX customercore_customers_text_1_key_slot ON public.customercore_customers USING btree (tenant, text_1_key, id) WHERE (text_1_key IS NOT NULL);
CREATE INDEX customercore_customers_text_1_sort_slot ON public.customercore_customers USING btree (tenant, text_1_sort, id) WHERE (text_1_sort IS NOT NULL);
CREATE INDEX customercore_customers_text_2_key_slot ON public.customercore_customers USING btree (tenant, text_2_key, id) WHERE (text_2_key IS NOT NULL);
CREATE INDEX customercore_customers_text_2_sort_slot ON public.customercore_customers USING btree (tenant, text_2_sort, id) WHERE (text_2_sort IS NOT NULL);
CREATE INDEX customercore_customers_text_3_key_slot ON public.customercore_customers USING btree (tenant, text_3_key, id) WHERE (text_3_key IS NOT NULL);
CREATE INDEX customercore_customers_text_3_sort_slot ON public.customercore_customers USING btree (tenant, text_3_sort, id) WHERE (text_3_sort IS NOT NULL);
CREATE INDEX customercore_customers_text_4_key_slot ON public.customercore_customers USING btree (tenant, text_4_key, id) WHERE (text_4_key IS NOT NULL);
CREATE INDEX customercore_customers_text_4_sort_slot ON public.customercore_customers USING btree (tenant, text_4_sort, id) WHERE (text_4_sort IS NOT NULL);
CREATE INDEX customercore_customers_text_5_key_slot ON public.customercore_customers USING btree (tenant, text_5_key, id) WHERE (text_5_key IS NOT NULL);
CREATE INDEX customercore_customers_text_5_sort_slot ON public.customercore_customers USING btree (tenant, text_5_sort, id) WHERE (text_5_sort IS NOT NULL);
CREATE INDEX customercore_customers_text_6_key_slot ON public.customercore_customers USING btree (tenant, text_6_key, id) WHERE (text_6_key IS NOT NULL);
CREATE INDEX customercore_customers_text_6_sort_slot ON public.customercore_customers USING btree (tenant, text_6_sort, id) WHERE (text_6_sort IS NOT NULL);
CREATE INDEX customercore_customers_text_7_key_slot ON public.customercore_customers USING btree (tenant, text_7_key, id) WHERE (text_7_key IS NOT NULL);
CREATE INDEX customercore_customers_text_7_sort_slot ON public.customercore_customers USING btree (tenant, text_7_sort, id) WHERE (text_7_sort IS NOT NULL);
CREATE UNIQUE INDEX customercore_customers_till_unique ON public.customercore_customers USING btree (tenant, till_unique);
CREATE INDEX customercore_deliveries_dead_order ON public.customercore_deliveries USING btree (tenant, state, subscriber, aggregate, aggregate_id, version, ordinal) WHERE ((state)::text = 'dead'::text);
CREATE INDEX customercore_deliveries_due_order ON public.customercore_deliveries USING btree (tenant, subscriber, due) WHERE (due IS NOT NULL);
CREATE INDEX customercore_entries_about_order ON public.customercore_entries USING btree (tenant, about) WHERE (about IS NOT NULL);
CREATE INDEX customercore_entries_at_order ON public.customercore_entries USING btree (tenant, wallet, at, sequence);
CREATE UNIQUE INDEX customercore_entries_id_unique ON public.customercore_entries USING btree (tenant, id);
CREATE INDEX customercore_entry_notes_wallet_order ON public.customercore_entry_notes USING btree (tenant, wallet, id);
CREATE INDEX customercore_flags_code_order ON public.customercore_flags USING btree (tenant, code, id);
CREATE UNIQUE INDEX customercore_flags_code_unique ON public.customercore_flags USING btree (tenant, code_unique);
CREATE UNIQUE INDEX customercore_gift_cards_code_digest_unique ON public.customercore_gift_cards USING btree (tenant, code_digest_unique);
CREATE INDEX customercore_idempotency_records_created_at_order ON public.customercore_idempotency_records USING btree (tenant, created_at, id);
CREATE UNIQUE INDEX customercore_info_types_key_unique ON public.customercore_info_types USING btree (tenant, key_unique);
CREATE INDEX customercore_notes_customer_order ON public.customercore_notes USING btree (tenant, customer, id);
CREATE INDEX customercore_shops_code_order ON public.customercore_shops USING btree (tenant, code, id);
CREATE UNIQUE INDEX customercore_shops_code_unique ON public.customercore_shops USING btree (tenant, code_unique);
CREATE UNIQUE INDEX customercore_templates_key_unique ON public.customercore_templates USING btree (tenant, key_unique);
CREATE INDEX customercore_wallets_due_at_order ON public.customercore_wallets USING btree (tenant, due_at, id);
CREATE INDEX customercore_wallets_owner_order ON public.customercore_wallets USING btree (tenant, owner, id);
CREATE UNIQUE INDEX customercore_wallets_owner_unique ON public.customercore_wallets USING btree (tenant, owner_unique);
CREATE TRIGGER customercore_entries_stay BEFORE DELETE OR UPDATE ON public.customercore_entries FOR EACH ROW EXECUTE FUNCTION public.customercore_entries_refuse();
