CREATE TABLE `customercore_claims` (
  `tenant` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `aggregate` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `field` varchar(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `key` varbinary(1020) NOT NULL,
  `id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`tenant`,`aggregate`,`field`,`key`),
  KEY `customercore_claims_of` (`tenant`,`aggregate`,`id`)
);
INSERT INTO `customercore_claims` VALUES ('default','customer','info.card',0xCF892D31,'00000000-0000-7000-8000-000000000009');
CREATE TABLE `customercore_counters` (
  `tenant` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `version` bigint(20) NOT NULL,
  `next` bigint(20) NOT NULL,
  `document` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`tenant`,`id`)
);
INSERT INTO `customercore_counters` VALUES ('default','customer_code',1,101,'{\"id\":\"customer_code\",\"version\":1,\"next\":101}');
INSERT INTO `customercore_counters` VALUES ('default','definitions',5,1,'{\"id\":\"definitions\",\"version\":5}');
CREATE TABLE `customercore_customer_terms` (
  `tenant` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `term` varbinary(1100) NOT NULL,
  `sort_key` varbinary(512) NOT NULL,
  `id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `element` bigint(20) NOT NULL,
  PRIMARY KEY (`tenant`,`term`,`sort_key`,`id`,`element`),
  KEY `customercore_customer_terms_of` (`tenant`,`id`,`term`)
);
INSERT INTO `customercore_customer_terms` VALUES ('default',0x616464726573732E636974793AC3B6726562726F,0x616E677374726F6D,'00000000-0000-7000-8000-000000000009',0);
INSERT INTO `customercore_customer_terms` VALUES ('default',0x616464726573732E636F756E7472793A7365,0x616E677374726F6D,'00000000-0000-7000-8000-000000000009',0);
INSERT INTO `customercore_customer_terms` VALUES ('default',0x616464726573732E706F7374636F64653A373032203131,0x616E677374726F6D,'00000000-0000-7000-8000-000000000009',0);
INSERT INTO `customercore_customer_terms` VALUES ('default',0x666C61673A766970,0x616E677374726F6D,'00000000-0000-7000-8000-000000000009',-1);
INSERT INTO `customercore_customer_terms` VALUES ('default',0x7461673A74776F20776F726473,0x616E677374726F6D,'00000000-0000-7000-8000-000000000009',-1);
INSERT INTO `customercore_customer_terms` VALUES ('default',0x7461673AC3A5C3A4C3B6,0x616E677374726F6D,'00000000-0000-7000-8000-000000000009',-1);
INSERT INTO `customercore_customer_terms` VALUES ('default',0x776F72643A616461,0x616E677374726F6D,'00000000-0000-7000-8000-000000000009',-1);
INSERT INTO `customercore_customer_terms` VALUES ('default',0x776F72643A616461,0xFF,'00000000-0000-7000-8000-000000000010',-1);
INSERT INTO `customercore_customer_terms` VALUES ('default',0x776F72643A616461406578616D706C652E636F6D,0x616E677374726F6D,'00000000-0000-7000-8000-000000000009',-1);
INSERT INTO `customercore_customer_terms` VALUES ('default',0x776F72643A616461406578616D706C652E636F6D,0xFF,'00000000-0000-7000-8000-000000000010',-1);
INSERT INTO `customercore_customer_terms` VALUES ('default',0x776F72643A616E677374726F6D,0x616E677374726F6D,'00000000-0000-7000-8000-000000000009',-1);
INSERT INTO `customercore_customer_terms` VALUES ('default',0x776F72643A61756775737461,0x616E677374726F6D,'00000000-0000-7000-8000-000000000009',-1);
INSERT INTO `customercore_customer_terms` VALUES ('default',0x776F72643A62657267,0x62657267,'00000000-0000-7000-8000-00000000000e',-1);
INSERT INTO `customercore_customer_terms` VALUES ('default',0x776F72643A626F,0x62657267,'00000000-0000-7000-8000-00000000000e',-1);
INSERT INTO `customercore_customer_terms` VALUES ('default',0x776F72643A626F406578616D706C652E636F6D,0x62657267,'00000000-0000-7000-8000-00000000000e',-1);
INSERT INTO `customercore_customer_terms` VALUES ('default',0x776F72643A6330303030303031,0x616E677374726F6D,'00000000-0000-7000-8000-000000000009',-1);
INSERT INTO `customercore_customer_terms` VALUES ('default',0x776F72643A6330303030303032,0x62657267,'00000000-0000-7000-8000-00000000000e',-1);
CREATE TABLE `customercore_customer_types` (
  `tenant` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `version` bigint(20) NOT NULL,
  `code` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `label` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `prices_without_tax` tinyint(1) NOT NULL,
  `created_at` datetime(3) DEFAULT NULL,
  `updated_at` datetime(3) DEFAULT NULL,
  `label_key` varbinary(1020) DEFAULT NULL,
  `label_sort` varbinary(512) DEFAULT NULL,
  `code_unique` varbinary(1100) DEFAULT NULL,
  `document` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`tenant`,`id`),
  UNIQUE KEY `customercore_customer_types_code_unique` (`tenant`,`code_unique`),
  KEY `customercore_customer_types_code_order` (`tenant`,`code`,`id`)
);
CREATE TABLE `customercore_customers` (
  `tenant` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `version` bigint(20) NOT NULL,
  `code` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `email` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `email_verified` tinyint(1) NOT NULL,
  `salutation` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `first_name` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `middle_name` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `last_name` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `suffix` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `language` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `birth_date` date DEFAULT NULL,
  `company_name` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `company_name_2` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `department` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `customer_type` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `pricing_policy` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `information` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `shop` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `status` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `kind` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `use_invoice_for_delivery` tinyint(1) NOT NULL,
  `created_at` datetime(3) DEFAULT NULL,
  `updated_at` datetime(3) DEFAULT NULL,
  `deactivated_at` datetime(3) DEFAULT NULL,
  `identity_scope` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `full_name` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `code_key` varbinary(1020) DEFAULT NULL,
  `code_sort` varbinary(512) DEFAULT NULL,
  `email_key` varbinary(1020) DEFAULT NULL,
  `email_sort` varbinary(512) DEFAULT NULL,
  `salutation_key` varbinary(1020) DEFAULT NULL,
  `salutation_sort` varbinary(512) DEFAULT NULL,
  `first_name_key` varbinary(1020) DEFAULT NULL,
  `first_name_sort` varbinary(512) DEFAULT NULL,
  `middle_name_key` varbinary(1020) DEFAULT NULL,
  `middle_name_sort` varbinary(512) DEFAULT NULL,
  `last_name_key` varbinary(1020) DEFAULT NULL,
  `last_name_sort` varbinary(512) DEFAULT NULL,
  `suffix_key` varbinary(1020) DEFAULT NULL,
  `suffix_sort` varbinary(512) DEFAULT NULL,
  `company_name_key` varbinary(1020) DEFAULT NULL,
  `company_name_sort` varbinary(512) DEFAULT NULL,
  `company_name_2_key` varbinary(1020) DEFAULT NULL,
  `company_name_2_sort` varbinary(512) DEFAULT NULL,
  `department_key` varbinary(1020) DEFAULT NULL,
  `department_sort` varbinary(512) DEFAULT NULL,
  `pricing_policy_key` varbinary(1020) DEFAULT NULL,
  `pricing_policy_sort` varbinary(512) DEFAULT NULL,
  `full_name_key` varbinary(1020) DEFAULT NULL,
  `full_name_sort` varbinary(512) DEFAULT NULL,
  `int_0` bigint(20) DEFAULT NULL,
  `int_1` bigint(20) DEFAULT NULL,
  `int_2` bigint(20) DEFAULT NULL,
  `int_3` bigint(20) DEFAULT NULL,
  `int_4` bigint(20) DEFAULT NULL,
  `int_5` bigint(20) DEFAULT NULL,
  `int_6` bigint(20) DEFAULT NULL,
  `int_7` bigint(20) DEFAULT NULL,
  `int_8` bigint(20) DEFAULT NULL,
  `int_9` bigint(20) DEFAULT NULL,
  `int_10` bigint(20) DEFAULT NULL,
  `int_11` bigint(20) DEFAULT NULL,
  `text_0_key` varbinary(1020) DEFAULT NULL,
  `text_0_sort` varbinary(512) DEFAULT NULL,
  `text_1_key` varbinary(1020) DEFAULT NULL,
  `text_1_sort` varbinary(512) DEFAULT NULL,
  `text_2_key` varbinary(1020) DEFAULT NULL,
  `text_2_sort` varbinary(512) DEFAULT NULL,
  `text_3_key` varbinary(1020) DEFAULT NULL,
  `text_3_sort` varbinary(512) DEFAULT NULL,
  `text_4_key` varbinary(1020) DEFAULT NULL,
  `text_4_sort` varbinary(512) DEFAULT NULL,
  `text_5_key` varbinary(1020) DEFAULT NULL,
  `text_5_sort` varbinary(512) DEFAULT NULL,
  `text_6_key` varbinary(1020) DEFAULT NULL,
  `text_6_sort` varbinary(512) DEFAULT NULL,
  `text_7_key` varbinary(1020) DEFAULT NULL,
  `text_7_sort` varbinary(512) DEFAULT NULL,
  `email_unique` varbinary(1100) DEFAULT NULL,
  `code_unique` varbinary(1100) DEFAULT NULL,
  `till_unique` varbinary(1100) DEFAULT NULL,
  `search_terms` longblob NOT NULL,
  `document` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`tenant`,`id`),
  UNIQUE KEY `customercore_customers_code_unique` (`tenant`,`code_unique`),
  UNIQUE KEY `customercore_customers_email_unique` (`tenant`,`email_unique`),
  UNIQUE KEY `customercore_customers_till_unique` (`tenant`,`till_unique`),
  KEY `customercore_customers_company_name_sort_order` (`tenant`,`company_name_sort`,`id`),
  KEY `customercore_customers_created_at_order` (`tenant`,`created_at`,`id`),
  KEY `customercore_customers_email_sort_order` (`tenant`,`email_sort`,`id`),
  KEY `customercore_customers_int_0_slot` (`tenant`,`int_0`,`id`),
  KEY `customercore_customers_int_10_slot` (`tenant`,`int_10`,`id`),
  KEY `customercore_customers_int_11_slot` (`tenant`,`int_11`,`id`),
  KEY `customercore_customers_int_1_slot` (`tenant`,`int_1`,`id`),
  KEY `customercore_customers_int_2_slot` (`tenant`,`int_2`,`id`),
  KEY `customercore_customers_int_3_slot` (`tenant`,`int_3`,`id`),
  KEY `customercore_customers_int_4_slot` (`tenant`,`int_4`,`id`),
  KEY `customercore_customers_int_5_slot` (`tenant`,`int_5`,`id`),
  KEY `customercore_customers_int_6_slot` (`tenant`,`int_6`,`id`),
  KEY `customercore_customers_int_7_slot` (`tenant`,`int_7`,`id`),
  KEY `customercore_customers_int_8_slot` (`tenant`,`int_8`,`id`),
  KEY `customercore_customers_int_9_slot` (`tenant`,`int_9`,`id`),
  KEY `customercore_customers_last_name_sort_order` (`tenant`,`last_name_sort`,`id`),
  KEY `customercore_customers_text_0_key_slot` (`tenant`,`text_0_key`,`id`),
  KEY `customercore_customers_text_0_sort_slot` (`tenant`,`text_0_sort`,`id`),
  KEY `customercore_customers_text_1_key_slot` (`tenant`,`text_1_key`,`id`),
  KEY `customercore_customers_text_1_sort_slot` (`tenant`,`text_1_sort`,`id`),
  KEY `customercore_customers_text_2_key_slot` (`tenant`,`text_2_key`,`id`),
  KEY `customercore_customers_text_2_sort_slot` (`tenant`,`text_2_sort`,`id`),
  KEY `customercore_customers_text_3_key_slot` (`tenant`,`text_3_key`,`id`),
  KEY `customercore_customers_text_3_sort_slot` (`tenant`,`text_3_sort`,`id`),
  KEY `customercore_customers_text_4_key_slot` (`tenant`,`text_4_key`,`id`),
  KEY `customercore_customers_text_4_sort_slot` (`tenant`,`text_4_sort`,`id`),
  KEY `customercore_customers_text_5_key_slot` (`tenant`,`text_5_key`,`id`),
  KEY `customercore_customers_text_5_sort_slot` (`tenant`,`text_5_sort`,`id`),
  KEY `customercore_customers_text_6_key_slot` (`tenant`,`text_6_key`,`id`),
  KEY `customercore_customers_text_6_sort_slot` (`tenant`,`text_6_sort`,`id`),
  KEY `customercore_customers_text_7_key_slot` (`tenant`,`text_7_key`,`id`),
  KEY `customercore_customers_text_7_sort_slot` (`tenant`,`text_7_sort`,`id`)
);
INSERT INTO `customercore_customers` VALUES ('default','00000000-0000-7000-8000-000000000009',2,'C0000001','ada@example.com',0,NULL,'Ada Augusta',NULL,'Ångström',NULL,NULL,'1815-12-10',NULL,NULL,NULL,'private',NULL,'two\nlines; and \'quotes\' \\ %s',NULL,'active','registered',0,'2026-01-31 12:00:00.000','2026-01-31 12:00:00.000',NULL,'','Ada Augusta Ångström',0x6330303030303031,0x6330303030303031,0x616461406578616D706C652E636F6D,0x616461406578616D706C652E636F6D,NULL,NULL,0x6164612061756775737461,0x6164612061756775737461,NULL,NULL,0xC3A56E67737472C3B66D,0x616E677374726F6D,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0x616461206175677573746120C3A56E67737472C3B66D,0x616461206175677573746120616E677374726F6D,42,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0xCF892D31,0xCF892D31,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0x616461406578616D706C652E636F6D,0x6330303030303031,NULL,0x00616464726573732E636974793AC3B6726562726F00616464726573732E636F756E7472793A736500616464726573732E706F7374636F64653A37303220313100666C61673A766970007461673A74776F20776F726473007461673AC3A5C3A4C3B600776F72643A61646100776F72643A616461406578616D706C652E636F6D00776F72643A616E677374726F6D00776F72643A6175677573746100776F72643A633030303030303100,'{\"id\":\"00000000-0000-7000-8000-000000000009\",\"version\":2,\"code\":\"C0000001\",\"email\":\"ada@example.com\",\"first_name\":\"Ada Augusta\",\"last_name\":\"Ångström\",\"birth_date\":\"1815-12-10\",\"information\":\"two\\nlines; and \'quotes\' \\\\ %s\",\"flags\":[\"vip\"],\"tags\":[\"two words\",\"ÅÄÖ\"],\"info\":{\"points\":42,\"card\":\"Ω-1\"},\"addresses\":[{\"id\":\"00000000-0000-7000-8000-00000000000b\",\"default_for\":[\"delivery\",\"invoice\"],\"line1\":\"Storgatan 1\",\"city\":\"Örebro\",\"postcode\":\"702 11\",\"country\":\"SE\"}],\"created_at\":\"2026-01-31T12:00:00.000+00:00\",\"updated_at\":\"2026-01-31T12:00:00.000+00:00\"}');
INSERT INTO `customercore_customers` VALUES ('default','00000000-0000-7000-8000-00000000000e',1,'C0000002','bo@example.com',0,NULL,'Bo',NULL,'Berg',NULL,NULL,NULL,NULL,NULL,NULL,'private',NULL,NULL,'main','active','registered',0,'2026-01-31 12:00:00.000','2026-01-31 12:00:00.000',NULL,'','Bo Berg',0x6330303030303032,0x6330303030303032,0x626F406578616D706C652E636F6D,0x626F406578616D706C652E636F6D,NULL,NULL,0x626F,0x626F,NULL,NULL,0x62657267,0x62657267,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0x626F2062657267,0x626F2062657267,7,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0x626F406578616D706C652E636F6D,0x6330303030303032,NULL,0x00776F72643A6265726700776F72643A626F00776F72643A626F406578616D706C652E636F6D00776F72643A633030303030303200,'{\"id\":\"00000000-0000-7000-8000-00000000000e\",\"version\":1,\"code\":\"C0000002\",\"email\":\"bo@example.com\",\"first_name\":\"Bo\",\"last_name\":\"Berg\",\"shop\":\"main\",\"info\":{\"points\":7},\"created_at\":\"2026-01-31T12:00:00.000+00:00\",\"updated_at\":\"2026-01-31T12:00:00.000+00:00\"}');
INSERT INTO `customercore_customers` VALUES ('default','00000000-0000-7000-8000-000000000010',1,NULL,'ada@example.com',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'guest',NULL,NULL,NULL,'active','guest',0,'2026-01-31 12:00:00.000','2026-01-31 12:00:00.000',NULL,'',NULL,NULL,NULL,0x616461406578616D706C652E636F6D,0x616461406578616D706C652E636F6D,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0x00776F72643A61646100776F72643A616461406578616D706C652E636F6D00,'{\"id\":\"00000000-0000-7000-8000-000000000010\",\"version\":1,\"email\":\"ada@example.com\",\"customer_type\":\"guest\",\"kind\":\"guest\",\"created_at\":\"2026-01-31T12:00:00.000+00:00\",\"updated_at\":\"2026-01-31T12:00:00.000+00:00\"}');
CREATE TABLE `customercore_deliveries` (
  `tenant` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `subscriber` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `aggregate` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `aggregate_id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `version` bigint(20) NOT NULL,
  `ordinal` bigint(20) NOT NULL,
  `event_id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `type` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `at` datetime(3) NOT NULL,
  `state` varchar(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `due` datetime(3) DEFAULT NULL,
  `attempts` bigint(20) NOT NULL,
  `fence` bigint(20) NOT NULL,
  `error_code` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `error` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `settled_at` datetime(3) DEFAULT NULL,
  PRIMARY KEY (`tenant`,`subscriber`,`aggregate`,`aggregate_id`,`version`,`ordinal`),
  KEY `customercore_deliveries_dead_order` (`tenant`,`state`,`subscriber`,`aggregate`,`aggregate_id`,`version`,`ordinal`),
  KEY `customercore_deliveries_due_order` (`tenant`,`subscriber`,`due`)
);
CREATE TABLE `customercore_entries` (
  `tenant` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `wallet` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `sequence` bigint(20) NOT NULL,
  `id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `kind` varchar(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `currency` varchar(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `amount` bigint(20) NOT NULL,
  `balance_after` bigint(20) NOT NULL,
  `held` bigint(20) NOT NULL,
  `held_after` bigint(20) NOT NULL,
  `at` datetime(3) NOT NULL,
  `actor_kind` varchar(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `actor_id` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `on_behalf_of` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `reason` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `reference` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `about` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `expires_at` datetime(3) DEFAULT NULL,
  `parts` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  PRIMARY KEY (`tenant`,`wallet`,`sequence`),
  UNIQUE KEY `customercore_entries_id_unique` (`tenant`,`id`),
  KEY `customercore_entries_about_order` (`tenant`,`about`),
  KEY `customercore_entries_at_order` (`tenant`,`wallet`,`at`,`sequence`)
);
INSERT INTO `customercore_entries` VALUES ('default','00000000-0000-7000-8000-000000000016',1,'00000000-0000-7000-8000-000000000019','credit','SEK',5000,5000,0,0,'2026-01-31 12:00:00.000','system',NULL,NULL,NULL,NULL,NULL,'2100-01-01 00:00:00.000','[[\"00000000-0000-7000-8000-000000000019\",5000,\"2100-01-01T00:00:00.000+00:00\"]]');
INSERT INTO `customercore_entries` VALUES ('default','00000000-0000-7000-8000-000000000016',2,'00000000-0000-7000-8000-00000000001b','hold','SEK',0,5000,6000,6000,'2026-01-31 12:00:00.000','system',NULL,NULL,NULL,'Ö-1',NULL,NULL,'[[\"00000000-0000-7000-8000-000000000019\",5000,\"2100-01-01T00:00:00.000+00:00\"],[\"\",1000,null]]');
INSERT INTO `customercore_entries` VALUES ('default','00000000-0000-7000-8000-000000000016',3,'00000000-0000-7000-8000-00000000001d','capture','SEK',-2500,2500,-2500,3500,'2026-01-31 12:00:00.000','system',NULL,NULL,NULL,'Ö-1','00000000-0000-7000-8000-00000000001b',NULL,'[[\"00000000-0000-7000-8000-000000000019\",2500,\"2100-01-01T00:00:00.000+00:00\"]]');
CREATE TABLE `customercore_entry_notes` (
  `tenant` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `version` bigint(20) NOT NULL,
  `wallet` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `text` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `document` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`tenant`,`id`),
  KEY `customercore_entry_notes_wallet_order` (`tenant`,`wallet`,`id`)
);
INSERT INTO `customercore_entry_notes` VALUES ('default','00000000-0000-7000-8000-000000000019',1,'00000000-0000-7000-8000-000000000016','sorry; \'Ö\'','{\"id\":\"00000000-0000-7000-8000-000000000019\",\"version\":1,\"wallet\":\"00000000-0000-7000-8000-000000000016\",\"text\":\"sorry; \'Ö\'\"}');
CREATE TABLE `customercore_events` (
  `tenant` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `aggregate` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `aggregate_id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `version` bigint(20) NOT NULL,
  `ordinal` bigint(20) NOT NULL,
  `id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `type` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `schema_version` bigint(20) NOT NULL,
  `customer_id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `at` datetime(3) NOT NULL,
  `actor_kind` varchar(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `actor_id` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `on_behalf_of` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `changes` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `personal` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `reason` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  PRIMARY KEY (`tenant`,`aggregate`,`aggregate_id`,`version`,`ordinal`)
);
INSERT INTO `customercore_events` VALUES ('default','customer','00000000-0000-7000-8000-000000000009',1,0,'00000000-0000-7000-8000-00000000000a','customer.created',1,'00000000-0000-7000-8000-000000000009','2026-01-31 12:00:00.000','system',NULL,NULL,'{\"flags\":[[],[\"vip\"]],\"info.points\":[null,42],\"info.card\":[null,\"Ω-1\"],\"addresses.00000000-0000-7000-8000-00000000000b.default_for\":[[],[\"delivery\",\"invoice\"]],\"addresses.00000000-0000-7000-8000-00000000000b.country\":[\"\",\"SE\"]}','{\"code\":[null,\"C0000001\"],\"email\":[null,\"ada@example.com\"],\"first_name\":[null,\"Ada\"],\"last_name\":[null,\"Ångström\"],\"birth_date\":[null,\"1815-12-10\"],\"tags\":[[],[\"two words\",\"ÅÄÖ\"]],\"addresses.00000000-0000-7000-8000-00000000000b.line1\":[null,\"Storgatan 1\"],\"addresses.00000000-0000-7000-8000-00000000000b.city\":[null,\"Örebro\"],\"addresses.00000000-0000-7000-8000-00000000000b.postcode\":[null,\"702 11\"]}',NULL);
INSERT INTO `customercore_events` VALUES ('default','customer','00000000-0000-7000-8000-000000000009',2,0,'00000000-0000-7000-8000-00000000000d','customer.updated',1,'00000000-0000-7000-8000-000000000009','2026-01-31 12:00:00.000','system',NULL,NULL,NULL,'{\"first_name\":[\"Ada\",\"Ada Augusta\"],\"information\":[null,\"two\\nlines; and \'quotes\' \\\\ %s\"]}',NULL);
INSERT INTO `customercore_events` VALUES ('default','customer','00000000-0000-7000-8000-00000000000e',1,0,'00000000-0000-7000-8000-00000000000f','customer.created',1,'00000000-0000-7000-8000-00000000000e','2026-01-31 12:00:00.000','system',NULL,NULL,'{\"shop\":[null,\"main\"],\"info.points\":[null,7]}','{\"code\":[null,\"C0000002\"],\"email\":[null,\"bo@example.com\"],\"first_name\":[null,\"Bo\"],\"last_name\":[null,\"Berg\"]}',NULL);
INSERT INTO `customercore_events` VALUES ('default','customer','00000000-0000-7000-8000-000000000010',1,0,'00000000-0000-7000-8000-000000000011','customer.created',1,'00000000-0000-7000-8000-000000000010','2026-01-31 12:00:00.000','system',NULL,NULL,'{\"customer_type\":[\"private\",\"guest\"],\"kind\":[\"registered\",\"guest\"]}','{\"email\":[null,\"ada@example.com\"]}',NULL);
INSERT INTO `customercore_events` VALUES ('default','flag','00000000-0000-7000-8000-000000000001',1,0,'00000000-0000-7000-8000-000000000002','flag.created',1,NULL,'2026-01-31 12:00:00.000','system',NULL,NULL,'{\"code\":[\"\",\"vip\"]}',NULL,NULL);
INSERT INTO `customercore_events` VALUES ('default','gift_card','00000000-0000-7000-8000-00000000001f',1,0,'00000000-0000-7000-8000-000000000020','gift_card.issued',1,NULL,'2026-01-31 12:00:00.000','system',NULL,NULL,'{\"code_digest\":[null,\"***\"],\"currency\":[\"\",\"EUR\"],\"amount_minor\":[0,1000]}',NULL,NULL);
INSERT INTO `customercore_events` VALUES ('default','info_type','00000000-0000-7000-8000-000000000005',1,0,'00000000-0000-7000-8000-000000000006','info_type.created',1,NULL,'2026-01-31 12:00:00.000','system',NULL,NULL,'{\"key\":[\"\",\"points\"],\"kind\":[\"text\",\"integer\"],\"searchable\":[false,true]}',NULL,NULL);
INSERT INTO `customercore_events` VALUES ('default','info_type','00000000-0000-7000-8000-000000000007',1,0,'00000000-0000-7000-8000-000000000008','info_type.created',1,NULL,'2026-01-31 12:00:00.000','system',NULL,NULL,'{\"key\":[\"\",\"card\"],\"unique\":[false,true],\"searchable\":[false,true]}',NULL,NULL);
INSERT INTO `customercore_events` VALUES ('default','note','00000000-0000-7000-8000-000000000012',1,0,'00000000-0000-7000-8000-000000000013','note.created',1,'00000000-0000-7000-8000-000000000009','2026-01-31 12:00:00.000','business_user','clerk',NULL,NULL,NULL,NULL);
INSERT INTO `customercore_events` VALUES ('default','shop','00000000-0000-7000-8000-000000000003',1,0,'00000000-0000-7000-8000-000000000004','shop.created',1,NULL,'2026-01-31 12:00:00.000','system',NULL,NULL,'{\"code\":[\"\",\"main\"],\"name\":[null,\"Hauptgeschäft\"]}',NULL,NULL);
INSERT INTO `customercore_events` VALUES ('default','template','00000000-0000-7000-8000-000000000014',1,0,'00000000-0000-7000-8000-000000000015','template.created',1,NULL,'2026-01-31 12:00:00.000','system',NULL,NULL,'{\"message\":[\"\",\"customer.welcome\"],\"shop\":[null,\"main\"],\"language\":[null,\"de\"],\"subject\":[null,\"Grüß Gott ${customer.first_name}\"]}',NULL,NULL);
INSERT INTO `customercore_events` VALUES ('default','wallet','00000000-0000-7000-8000-000000000016',1,0,'00000000-0000-7000-8000-000000000018','wallet.opened',1,'00000000-0000-7000-8000-000000000009','2026-01-31 12:00:00.000','system',NULL,NULL,'{\"currency\":[null,\"SEK\"],\"credit_limit\":[null,2000]}',NULL,NULL);
INSERT INTO `customercore_events` VALUES ('default','wallet','00000000-0000-7000-8000-000000000016',2,0,'00000000-0000-7000-8000-00000000001a','wallet.credited',1,'00000000-0000-7000-8000-000000000009','2026-01-31 12:00:00.000','system',NULL,NULL,'{\"entry\":[null,\"00000000-0000-7000-8000-000000000019\"],\"sequence\":[0,1],\"currency\":[null,\"SEK\"],\"posted_minor\":[0,5000]}',NULL,NULL);
INSERT INTO `customercore_events` VALUES ('default','wallet','00000000-0000-7000-8000-000000000016',3,0,'00000000-0000-7000-8000-00000000001c','wallet.held',1,'00000000-0000-7000-8000-000000000009','2026-01-31 12:00:00.000','system',NULL,NULL,'{\"entry\":[null,\"00000000-0000-7000-8000-00000000001b\"],\"sequence\":[1,2],\"currency\":[null,\"SEK\"],\"held_minor\":[0,6000],\"reference\":[null,\"Ö-1\"]}',NULL,NULL);
INSERT INTO `customercore_events` VALUES ('default','wallet','00000000-0000-7000-8000-000000000016',4,0,'00000000-0000-7000-8000-00000000001e','wallet.captured',1,'00000000-0000-7000-8000-000000000009','2026-01-31 12:00:00.000','system',NULL,NULL,'{\"entry\":[null,\"00000000-0000-7000-8000-00000000001d\"],\"sequence\":[2,3],\"currency\":[null,\"SEK\"],\"posted_minor\":[5000,2500],\"held_minor\":[6000,3500],\"reference\":[null,\"Ö-1\"],\"about\":[null,\"00000000-0000-7000-8000-00000000001b\"]}',NULL,NULL);
CREATE TABLE `customercore_flags` (
  `tenant` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `version` bigint(20) NOT NULL,
  `code` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `label` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `created_at` datetime(3) DEFAULT NULL,
  `updated_at` datetime(3) DEFAULT NULL,
  `label_key` varbinary(1020) DEFAULT NULL,
  `label_sort` varbinary(512) DEFAULT NULL,
  `code_unique` varbinary(1100) DEFAULT NULL,
  `document` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`tenant`,`id`),
  UNIQUE KEY `customercore_flags_code_unique` (`tenant`,`code_unique`),
  KEY `customercore_flags_code_order` (`tenant`,`code`,`id`)
);
INSERT INTO `customercore_flags` VALUES ('default','00000000-0000-7000-8000-000000000001',1,'vip',NULL,'2026-01-31 12:00:00.000','2026-01-31 12:00:00.000',NULL,NULL,0x766970,'{\"id\":\"00000000-0000-7000-8000-000000000001\",\"version\":1,\"code\":\"vip\",\"created_at\":\"2026-01-31T12:00:00.000+00:00\",\"updated_at\":\"2026-01-31T12:00:00.000+00:00\"}');
CREATE TABLE `customercore_gift_cards` (
  `tenant` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `version` bigint(20) NOT NULL,
  `code_digest` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `currency` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `amount_minor` bigint(20) NOT NULL,
  `expires_at` datetime(3) DEFAULT NULL,
  `reference` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `wallet` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `redeemed_at` datetime(3) DEFAULT NULL,
  `cancelled_at` datetime(3) DEFAULT NULL,
  `created_at` datetime(3) DEFAULT NULL,
  `code_digest_unique` varbinary(1100) DEFAULT NULL,
  `document` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`tenant`,`id`),
  UNIQUE KEY `customercore_gift_cards_code_digest_unique` (`tenant`,`code_digest_unique`)
);
INSERT INTO `customercore_gift_cards` VALUES ('default','00000000-0000-7000-8000-00000000001f',1,'9a559016e02d11bfba366ed7714b3a23804d1a9ddd16470e0facb6f52686debe','EUR',1000,NULL,NULL,NULL,NULL,NULL,'2026-01-31 12:00:00.000',0x39613535393031366530326431316266626133363665643737313462336132333830346431613964646431363437306530666163623666353236383664656265,'{\"id\":\"00000000-0000-7000-8000-00000000001f\",\"version\":1,\"code_digest\":\"9a559016e02d11bfba366ed7714b3a23804d1a9ddd16470e0facb6f52686debe\",\"currency\":\"EUR\",\"amount_minor\":1000,\"created_at\":\"2026-01-31T12:00:00.000+00:00\"}');
CREATE TABLE `customercore_idempotency_records` (
  `tenant` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `version` bigint(20) NOT NULL,
  `operation` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `fingerprint` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `result` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `created_at` datetime(3) DEFAULT NULL,
  `document` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`tenant`,`id`),
  KEY `customercore_idempotency_records_created_at_order` (`tenant`,`created_at`,`id`)
);
INSERT INTO `customercore_idempotency_records` VALUES ('default','1dd6a2069b3cd822fc17c363b893936779d34b578b4f05d602793443918b221e',1,'customers.create','13c7736f0173d6ebdab5c7e87d7c8a70513b0edc751f563e6e6cd469fc35a44a','00000000-0000-7000-8000-000000000009','2026-01-31 12:00:00.000','{\"id\":\"1dd6a2069b3cd822fc17c363b893936779d34b578b4f05d602793443918b221e\",\"version\":1,\"operation\":\"customers.create\",\"fingerprint\":\"13c7736f0173d6ebdab5c7e87d7c8a70513b0edc751f563e6e6cd469fc35a44a\",\"result\":\"00000000-0000-7000-8000-000000000009\",\"created_at\":\"2026-01-31T12:00:00.000+00:00\"}');
CREATE TABLE `customercore_info_types` (
  `tenant` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `version` bigint(20) NOT NULL,
  `key` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `kind` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `applies_to` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `required` tinyint(1) NOT NULL,
  `unique` tinyint(1) NOT NULL,
  `searchable` tinyint(1) NOT NULL,
  `customer_visible` tinyint(1) NOT NULL,
  `customer_editable` tinyint(1) NOT NULL,
  `personal` tinyint(1) NOT NULL,
  `pattern` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `position` bigint(20) NOT NULL,
  `retired` tinyint(1) NOT NULL,
  `slot` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `state` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `backfilled_to` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `created_at` datetime(3) DEFAULT NULL,
  `updated_at` datetime(3) DEFAULT NULL,
  `key_unique` varbinary(1100) DEFAULT NULL,
  `document` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`tenant`,`id`),
  UNIQUE KEY `customercore_info_types_key_unique` (`tenant`,`key_unique`)
);
INSERT INTO `customercore_info_types` VALUES ('default','00000000-0000-7000-8000-000000000005',1,'points','integer','customer',0,0,1,0,0,0,NULL,0,0,'int_0','ready',NULL,'2026-01-31 12:00:00.000','2026-01-31 12:00:00.000',0x637573746F6D65723A706F696E7473,'{\"id\":\"00000000-0000-7000-8000-000000000005\",\"version\":1,\"key\":\"points\",\"kind\":\"integer\",\"searchable\":true,\"slot\":\"int_0\",\"created_at\":\"2026-01-31T12:00:00.000+00:00\",\"updated_at\":\"2026-01-31T12:00:00.000+00:00\"}');
INSERT INTO `customercore_info_types` VALUES ('default','00000000-0000-7000-8000-000000000007',1,'card','text','customer',0,1,1,0,0,0,NULL,0,0,'text_0','ready',NULL,'2026-01-31 12:00:00.000','2026-01-31 12:00:00.000',0x637573746F6D65723A63617264,'{\"id\":\"00000000-0000-7000-8000-000000000007\",\"version\":1,\"key\":\"card\",\"unique\":true,\"searchable\":true,\"slot\":\"text_0\",\"created_at\":\"2026-01-31T12:00:00.000+00:00\",\"updated_at\":\"2026-01-31T12:00:00.000+00:00\"}');
CREATE TABLE `customercore_meta` (
  `name` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `value` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`name`)
);
INSERT INTO `customercore_meta` VALUES ('fold','1/14.0.0');
INSERT INTO `customercore_meta` VALUES ('secret','a8f7938540982259544f484d7f182e45db03cd37fa3b27bdd3fb537665ffb321');
CREATE TABLE `customercore_notes` (
  `tenant` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `version` bigint(20) NOT NULL,
  `customer` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `text` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `author_kind` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `author_id` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `on_behalf_of` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `created_at` datetime(3) DEFAULT NULL,
  `document` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`tenant`,`id`),
  KEY `customercore_notes_customer_order` (`tenant`,`customer`,`id`)
);
INSERT INTO `customercore_notes` VALUES ('default','00000000-0000-7000-8000-000000000012',1,'00000000-0000-7000-8000-000000000009','two\nlines of Ö','business_user','clerk',NULL,'2026-01-31 12:00:00.000','{\"id\":\"00000000-0000-7000-8000-000000000012\",\"version\":1,\"customer\":\"00000000-0000-7000-8000-000000000009\",\"text\":\"two\\nlines of Ö\",\"author_kind\":\"business_user\",\"author_id\":\"clerk\",\"created_at\":\"2026-01-31T12:00:00.000+00:00\"}');
CREATE TABLE `customercore_schema` (
  `version_num` varchar(32) NOT NULL,
  PRIMARY KEY (`version_num`)
);
INSERT INTO `customercore_schema` VALUES ('0006');
CREATE TABLE `customercore_shops` (
  `tenant` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `version` bigint(20) NOT NULL,
  `code` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `name` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `currency` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `parent` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `created_at` datetime(3) DEFAULT NULL,
  `updated_at` datetime(3) DEFAULT NULL,
  `name_key` varbinary(1020) DEFAULT NULL,
  `name_sort` varbinary(512) DEFAULT NULL,
  `code_unique` varbinary(1100) DEFAULT NULL,
  `document` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`tenant`,`id`),
  UNIQUE KEY `customercore_shops_code_unique` (`tenant`,`code_unique`),
  KEY `customercore_shops_code_order` (`tenant`,`code`,`id`)
);
INSERT INTO `customercore_shops` VALUES ('default','00000000-0000-7000-8000-000000000003',1,'main','Hauptgeschäft',NULL,NULL,'2026-01-31 12:00:00.000','2026-01-31 12:00:00.000',0x68617570746765736368C3A46674,0x68617570746765736368616674,0x6D61696E,'{\"id\":\"00000000-0000-7000-8000-000000000003\",\"version\":1,\"code\":\"main\",\"name\":\"Hauptgeschäft\",\"created_at\":\"2026-01-31T12:00:00.000+00:00\",\"updated_at\":\"2026-01-31T12:00:00.000+00:00\"}');
CREATE TABLE `customercore_subscriptions` (
  `tenant` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `version` bigint(20) NOT NULL,
  `created_at` datetime(3) DEFAULT NULL,
  `updated_at` datetime(3) DEFAULT NULL,
  `document` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`tenant`,`id`)
);
CREATE TABLE `customercore_templates` (
  `tenant` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `version` bigint(20) NOT NULL,
  `message` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `shop` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `language` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `subject` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `text` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `html` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `enabled` tinyint(1) NOT NULL,
  `created_at` datetime(3) DEFAULT NULL,
  `updated_at` datetime(3) DEFAULT NULL,
  `subject_key` varbinary(1020) DEFAULT NULL,
  `subject_sort` varbinary(512) DEFAULT NULL,
  `key_unique` varbinary(1100) DEFAULT NULL,
  `document` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`tenant`,`id`),
  UNIQUE KEY `customercore_templates_key_unique` (`tenant`,`key_unique`)
);
INSERT INTO `customercore_templates` VALUES ('default','00000000-0000-7000-8000-000000000014',1,'customer.welcome','main','de','Grüß Gott ${customer.first_name}',NULL,NULL,1,'2026-01-31 12:00:00.000','2026-01-31 12:00:00.000',0x6772C3BC737320676F747420247B637573746F6D65722E66697273745F6E616D657D,0x677275737320676F747420247B637573746F6D65722E66697273745F6E616D657D,0x637573746F6D65722E77656C636F6D653A6D61696E3A6465,'{\"id\":\"00000000-0000-7000-8000-000000000014\",\"version\":1,\"message\":\"customer.welcome\",\"shop\":\"main\",\"language\":\"de\",\"subject\":\"Grüß Gott ${customer.first_name}\",\"created_at\":\"2026-01-31T12:00:00.000+00:00\",\"updated_at\":\"2026-01-31T12:00:00.000+00:00\"}');
CREATE TABLE `customercore_tenants` (
  `tenant` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `version` bigint(20) NOT NULL,
  `email_scope` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `email_special_domains` tinyint(1) NOT NULL,
  `customers_code_pattern` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,
  `customers_max_addresses` bigint(20) NOT NULL,
  `updated_at` datetime(3) DEFAULT NULL,
  `document` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`tenant`,`id`)
);
CREATE TABLE `customercore_wallets` (
  `tenant` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `version` bigint(20) NOT NULL,
  `owner` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `currency` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  `credit_limit` bigint(20) NOT NULL,
  `posted_minor` bigint(20) NOT NULL,
  `held_minor` bigint(20) NOT NULL,
  `floor_minor` bigint(20) NOT NULL,
  `last_sequence` bigint(20) NOT NULL,
  `due_at` datetime(3) DEFAULT NULL,
  `created_at` datetime(3) DEFAULT NULL,
  `updated_at` datetime(3) DEFAULT NULL,
  `owner_unique` varbinary(1100) DEFAULT NULL,
  `document` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  PRIMARY KEY (`tenant`,`id`),
  UNIQUE KEY `customercore_wallets_owner_unique` (`tenant`,`owner_unique`),
  KEY `customercore_wallets_due_at_order` (`tenant`,`due_at`,`id`),
  KEY `customercore_wallets_owner_order` (`tenant`,`owner`,`id`),
  CONSTRAINT `customercore_wallets_within_floor` CHECK (`held_minor` >= 0 and `posted_minor` - `held_minor` >= `floor_minor`)
);
INSERT INTO `customercore_wallets` VALUES ('default','00000000-0000-7000-8000-000000000016',4,'00000000-0000-7000-8000-000000000009','SEK',2000,2500,3500,-2000,3,NULL,'2026-01-31 12:00:00.000','2026-01-31 12:00:00.000',0x30303030303030302D303030302D373030302D383030302D3030303030303030303030393A53454B,'{\"id\":\"00000000-0000-7000-8000-000000000016\",\"version\":4,\"owner\":\"00000000-0000-7000-8000-000000000009\",\"currency\":\"SEK\",\"credit_limit\":2000,\"posted_minor\":2500,\"held_minor\":3500,\"floor_minor\":-2000,\"last_sequence\":3,\"lots\":[[\"00000000-0000-7000-8000-000000000019\",2500,2500,\"2100-01-01T00:00:00.000+00:00\"]],\"holds\":[[\"00000000-0000-7000-8000-00000000001b\",\"00000000-0000-7000-8000-000000000016\",3500,\"SEK\",[[\"00000000-0000-7000-8000-000000000019\",2500,\"2100-01-01T00:00:00.000+00:00\"],[\"\",1000,null]],\"2026-01-31T12:00:00.000+00:00\",null,\"Ö-1\"]],\"created_at\":\"2026-01-31T12:00:00.000+00:00\",\"updated_at\":\"2026-01-31T12:00:00.000+00:00\"}');
CREATE TRIGGER customercore_entries_no_update BEFORE UPDATE ON customercore_entries FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'rows of customercore_entries are never changed';
CREATE TRIGGER customercore_entries_no_delete BEFORE DELETE ON customercore_entries FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'rows of customercore_entries are never changed';
