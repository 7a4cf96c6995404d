-- An intake database as the first version of the program left it: three slips, one decided by a
-- person, all handed over. Written by that version's own code; read by test_store_upgrade.py.
BEGIN TRANSACTION;
CREATE TABLE accounts (
	organisation VARCHAR NOT NULL, 
	number VARCHAR NOT NULL, 
	address VARCHAR NOT NULL, 
	PRIMARY KEY (organisation, number)
);
INSERT INTO "accounts" VALUES('demo','10000001','Brīvības iela 1–2, Rīga');
CREATE TABLE batches (
	id INTEGER NOT NULL, 
	label VARCHAR NOT NULL, 
	organisation VARCHAR NOT NULL, 
	begun VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "batches" VALUES(1,'night','demo','2026-11-22T11:47:22.197+00:00');
CREATE TABLE deliveries (
	id INTEGER NOT NULL, 
	target VARCHAR NOT NULL, 
	format VARCHAR NOT NULL, 
	opened VARCHAR NOT NULL, 
	closed VARCHAR, 
	last_event INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "deliveries" VALUES(1,'/scans/out/readings-000001.csv','csv','2026-11-22T11:47:22.531+00:00','2026-11-22T11:47:22.613+00:00',1);
CREATE TABLE events (
	id INTEGER NOT NULL, 
	field INTEGER NOT NULL, 
	at VARCHAR NOT NULL, 
	who VARCHAR NOT NULL, 
	what VARCHAR NOT NULL, 
	cause INTEGER, 
	"before" JSON NOT NULL, 
	"after" JSON NOT NULL, 
	version INTEGER NOT NULL, 
	seconds FLOAT, 
	tries INTEGER NOT NULL, 
	why VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(field) REFERENCES fields (id), 
	FOREIGN KEY(cause) REFERENCES events (id)
);
INSERT INTO "events" VALUES(1,10,'2026-11-22T11:47:22.481+00:00','anna','decided',NULL,'{"decision":"review","value":null,"reasons":[],"decided_by":null}','{"decision":"accepted","value":"00123999","reasons":[],"decided_by":"anna"}',2,NULL,1,'');
CREATE TABLE fields (
	id INTEGER NOT NULL, 
	form INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	place VARCHAR, 
	kind VARCHAR NOT NULL, 
	is_reading BOOLEAN NOT NULL, 
	cells INTEGER NOT NULL, 
	decimals INTEGER NOT NULL, 
	unit VARCHAR, 
	format VARCHAR, 
	register VARCHAR NOT NULL, 
	candidates JSON NOT NULL, 
	signs JSON NOT NULL, 
	doubtful_cells JSON NOT NULL, 
	engine VARCHAR NOT NULL, 
	box_px JSON NOT NULL, 
	evidence VARCHAR, 
	decision VARCHAR NOT NULL, 
	value VARCHAR, 
	reasons JSON NOT NULL, 
	decided_by VARCHAR, 
	version INTEGER NOT NULL, 
	meter VARCHAR, 
	period VARCHAR NOT NULL, 
	superseded BOOLEAN NOT NULL, 
	pending BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (form, position), 
	FOREIGN KEY(form) REFERENCES forms (id)
);
INSERT INTO "fields" VALUES(1,1,0,'code',NULL,'barcode',0,0,0,NULL,NULL,'main','[[null,0.99]]','[]','[]','test/1','[[0.0,0.0],[1.5,0.0],[1.5,1.0],[0.0,1.0]]','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','accepted',NULL,'[]',NULL,1,NULL,'2026-11',0,0);
INSERT INTO "fields" VALUES(2,1,1,'account',NULL,'printed',0,0,0,NULL,NULL,'main','[["10000001",0.99]]','[]','[]','test/1','[[0.0,0.0],[1.5,0.0],[1.5,1.0],[0.0,1.0]]','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','accepted','10000001','[]',NULL,1,NULL,'2026-11',0,0);
INSERT INTO "fields" VALUES(3,1,2,'cold.meter','cold','printed',0,0,0,NULL,NULL,'main','[["20000001",0.99]]','[]','[]','test/1','[[0.0,0.0],[1.5,0.0],[1.5,1.0],[0.0,1.0]]','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','accepted','20000001','[]',NULL,1,'20000001','2026-11',0,0);
INSERT INTO "fields" VALUES(4,1,3,'cold.reading','cold','handwritten',1,8,3,'m3',NULL,'main','[["00123456",0.99]]','[]','[]','test/1','[[0.0,0.0],[1.5,0.0],[1.5,1.0],[0.0,1.0]]','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','accepted','00123456','[]',NULL,1,'20000001','2026-11',0,0);
INSERT INTO "fields" VALUES(5,1,4,'cold.replaced','cold','mark',0,0,0,NULL,NULL,'main','[[null,0.99]]','[]','[]','test/1','[[0.0,0.0],[1.5,0.0],[1.5,1.0],[0.0,1.0]]','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','blank',NULL,'[]',NULL,1,'20000001','2026-11',0,0);
INSERT INTO "fields" VALUES(6,1,5,'date',NULL,'handwritten',0,8,0,NULL,'date','main','[["2026-11-27",0.99]]','[]','[]','test/1','[[0.0,0.0],[1.5,0.0],[1.5,1.0],[0.0,1.0]]','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','accepted','2026-11-27','[]',NULL,1,NULL,'2026-11',0,0);
INSERT INTO "fields" VALUES(7,2,0,'code',NULL,'barcode',0,0,0,NULL,NULL,'main','[[null,0.99]]','[]','[]','test/1','[[0.0,0.0],[1.5,0.0],[1.5,1.0],[0.0,1.0]]','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','accepted',NULL,'[]',NULL,1,NULL,'2026-11',0,0);
INSERT INTO "fields" VALUES(8,2,1,'account',NULL,'printed',0,0,0,NULL,NULL,'main','[["10000002",0.99]]','[]','[]','test/1','[[0.0,0.0],[1.5,0.0],[1.5,1.0],[0.0,1.0]]','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','accepted','10000002','[]',NULL,1,NULL,'2026-11',0,0);
INSERT INTO "fields" VALUES(9,2,2,'cold.meter','cold','printed',0,0,0,NULL,NULL,'main','[["20000002",0.99]]','[]','[]','test/1','[[0.0,0.0],[1.5,0.0],[1.5,1.0],[0.0,1.0]]','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','accepted','20000002','[]',NULL,1,'20000002','2026-11',0,0);
INSERT INTO "fields" VALUES(10,2,3,'cold.reading','cold','handwritten',1,8,3,'m3',NULL,'main','[["00123456",0.99]]','[]','[]','test/1','[[0.0,0.0],[1.5,0.0],[1.5,1.0],[0.0,1.0]]','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','accepted','00123999','[]','anna',2,'20000002','2026-11',0,0);
INSERT INTO "fields" VALUES(11,2,4,'cold.replaced','cold','mark',0,0,0,NULL,NULL,'main','[[null,0.99]]','[]','[]','test/1','[[0.0,0.0],[1.5,0.0],[1.5,1.0],[0.0,1.0]]','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','blank',NULL,'[]',NULL,1,'20000002','2026-11',0,0);
INSERT INTO "fields" VALUES(12,2,5,'date',NULL,'handwritten',0,8,0,NULL,'date','main','[["2026-11-27",0.99]]','[]','[]','test/1','[[0.0,0.0],[1.5,0.0],[1.5,1.0],[0.0,1.0]]','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','accepted','2026-11-27','[]',NULL,1,NULL,'2026-11',0,0);
INSERT INTO "fields" VALUES(13,3,0,'code',NULL,'barcode',0,0,0,NULL,NULL,'main','[[null,0.99]]','[]','[]','test/1','[[0.0,0.0],[1.5,0.0],[1.5,1.0],[0.0,1.0]]','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','accepted',NULL,'[]',NULL,1,NULL,'2026-11',0,0);
INSERT INTO "fields" VALUES(14,3,1,'account',NULL,'printed',0,0,0,NULL,NULL,'main','[["10000003",0.99]]','[]','[]','test/1','[[0.0,0.0],[1.5,0.0],[1.5,1.0],[0.0,1.0]]','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','accepted','10000003','[]',NULL,1,NULL,'2026-11',0,0);
INSERT INTO "fields" VALUES(15,3,2,'cold.meter','cold','printed',0,0,0,NULL,NULL,'main','[["20000003",0.99]]','[]','[]','test/1','[[0.0,0.0],[1.5,0.0],[1.5,1.0],[0.0,1.0]]','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','accepted','20000003','[]',NULL,1,'20000003','2026-11',0,0);
INSERT INTO "fields" VALUES(16,3,3,'cold.reading','cold','handwritten',1,8,3,'m3',NULL,'main','[["00123456",0.99]]','[]','[]','test/1','[[0.0,0.0],[1.5,0.0],[1.5,1.0],[0.0,1.0]]','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','accepted','00123456','[]',NULL,1,'20000003','2026-11',0,0);
INSERT INTO "fields" VALUES(17,3,4,'cold.replaced','cold','mark',0,0,0,NULL,NULL,'main','[[null,0.99]]','[]','[]','test/1','[[0.0,0.0],[1.5,0.0],[1.5,1.0],[0.0,1.0]]','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','blank',NULL,'[]',NULL,1,'20000003','2026-11',0,0);
INSERT INTO "fields" VALUES(18,3,5,'date',NULL,'handwritten',0,8,0,NULL,'date','main','[["2026-11-27",0.99]]','[]','[]','test/1','[[0.0,0.0],[1.5,0.0],[1.5,1.0],[0.0,1.0]]','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','accepted','2026-11-27','[]',NULL,1,NULL,'2026-11',0,0);
CREATE TABLE files (
	id INTEGER NOT NULL, 
	batch INTEGER NOT NULL, 
	identity VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	path VARCHAR NOT NULL, 
	sha256 VARCHAR, 
	size INTEGER, 
	state VARCHAR NOT NULL, 
	rereading BOOLEAN NOT NULL, 
	pages INTEGER, 
	reason VARCHAR, 
	advice VARCHAR, 
	PRIMARY KEY (id), 
	FOREIGN KEY(batch) REFERENCES batches (id), 
	UNIQUE (identity)
);
INSERT INTO "files" VALUES(1,1,'e11cbfc531a999052b5801dff3c277ea9aaccb57cf42f559a752b65d2577ee9e','1.pdf','/scans/1.pdf','e11cbfc531a999052b5801dff3c277ea9aaccb57cf42f559a752b65d2577ee9e',5,'read',0,2,NULL,NULL);
INSERT INTO "files" VALUES(2,1,'111dae5cbe3d92dbbdcd0bbbf5282ac963c894fb39d98bb340e4555ee611ff62','2.pdf','/scans/2.pdf','111dae5cbe3d92dbbdcd0bbbf5282ac963c894fb39d98bb340e4555ee611ff62',5,'read',0,2,NULL,NULL);
INSERT INTO "files" VALUES(3,1,'e3c505fd16f50cb10f563ec68c80e27e127ad46f6b1b889b292563014f550493','3.pdf','/scans/3.pdf','e3c505fd16f50cb10f563ec68c80e27e127ad46f6b1b889b292563014f550493',5,'read',0,2,NULL,NULL);
CREATE TABLE forms (
	id INTEGER NOT NULL, 
	file INTEGER NOT NULL, 
	page INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	batch INTEGER NOT NULL, 
	organisation VARCHAR NOT NULL, 
	template VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	read_account VARCHAR, 
	read_period VARCHAR, 
	digest VARCHAR NOT NULL, 
	specimen BOOLEAN NOT NULL, 
	to_page JSON NOT NULL, 
	residual_mm FLOAT NOT NULL, 
	reason VARCHAR, 
	advice VARCHAR, 
	account VARCHAR, 
	period VARCHAR, 
	PRIMARY KEY (id), 
	UNIQUE (file, page, number), 
	FOREIGN KEY(file) REFERENCES files (id), 
	FOREIGN KEY(batch) REFERENCES batches (id)
);
INSERT INTO "forms" VALUES(1,1,1,1,1,'demo','water-slip',1,'10000001','2026-11','d1',0,'[1.0,0.0,0.0,0.0,1.0,0.0,0.0,0.0,1.0]',0.05,NULL,NULL,'10000001','2026-11');
INSERT INTO "forms" VALUES(2,2,1,1,1,'demo','water-slip',1,'10000002','2026-11','d2',0,'[1.0,0.0,0.0,0.0,1.0,0.0,0.0,0.0,1.0]',0.05,NULL,NULL,'10000002','2026-11');
INSERT INTO "forms" VALUES(3,3,1,1,1,'demo','water-slip',1,'10000003','2026-11','d3',0,'[1.0,0.0,0.0,0.0,1.0,0.0,0.0,0.0,1.0]',0.05,NULL,NULL,'10000003','2026-11');
CREATE TABLE leases (
	field INTEGER NOT NULL, 
	who VARCHAR NOT NULL, 
	until FLOAT NOT NULL, 
	PRIMARY KEY (field), 
	FOREIGN KEY(field) REFERENCES fields (id)
);
CREATE TABLE meta (
	"key" VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "meta" VALUES('schema','1');
CREATE TABLE meters (
	organisation VARCHAR NOT NULL, 
	number VARCHAR NOT NULL, 
	account VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	place VARCHAR NOT NULL, 
	registers VARCHAR NOT NULL, 
	dial_digits INTEGER NOT NULL, 
	decimals INTEGER NOT NULL, 
	unit VARCHAR NOT NULL, 
	verified_until VARCHAR, 
	installed VARCHAR, 
	removed VARCHAR, 
	PRIMARY KEY (organisation, number)
);
INSERT INTO "meters" VALUES('demo','20000001','10000001','cold','cold','main',8,3,'m3',NULL,NULL,NULL);
CREATE TABLE outbox (
	id VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	form INTEGER NOT NULL, 
	field INTEGER NOT NULL, 
	delivery INTEGER NOT NULL, 
	payload JSON NOT NULL, 
	PRIMARY KEY (id, version), 
	FOREIGN KEY(form) REFERENCES forms (id), 
	FOREIGN KEY(field) REFERENCES fields (id), 
	FOREIGN KEY(delivery) REFERENCES deliveries (id)
);
INSERT INTO "outbox" VALUES('a90a2927-dc93-522f-8503-9bc3d67f70b2',1,1,4,1,'{"id":"a90a2927-dc93-522f-8503-9bc3d67f70b2","version":1,"organisation":"demo","account":"10000001","meter":"20000001","register":"main","period":"2026-11","value":"123.456","unit":"m3","date":"2026-11-27","channel":"paper","verification":"straight_through","confidence":0.99,"evidence":"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee","reason":""}');
INSERT INTO "outbox" VALUES('75ea9639-3c77-5f8d-ad28-045b204689ee',1,2,10,1,'{"id":"75ea9639-3c77-5f8d-ad28-045b204689ee","version":1,"organisation":"demo","account":"10000002","meter":"20000002","register":"main","period":"2026-11","value":"123.999","unit":"m3","date":"2026-11-27","channel":"paper","verification":"person","confidence":1.0,"evidence":"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee","reason":""}');
INSERT INTO "outbox" VALUES('42b6d3a1-a982-5dbc-ba41-6c4c270bf52e',1,3,16,1,'{"id":"42b6d3a1-a982-5dbc-ba41-6c4c270bf52e","version":1,"organisation":"demo","account":"10000003","meter":"20000003","register":"main","period":"2026-11","value":"123.456","unit":"m3","date":"2026-11-27","channel":"paper","verification":"straight_through","confidence":0.99,"evidence":"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee","reason":""}');
CREATE TABLE pages (
	id INTEGER NOT NULL, 
	file INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	reason VARCHAR, 
	advice VARCHAR, 
	evidence VARCHAR, 
	PRIMARY KEY (id), 
	UNIQUE (file, number), 
	FOREIGN KEY(file) REFERENCES files (id)
);
INSERT INTO "pages" VALUES(1,1,1,'forms',NULL,NULL,NULL);
INSERT INTO "pages" VALUES(2,1,2,'blank',NULL,NULL,NULL);
INSERT INTO "pages" VALUES(3,2,1,'forms',NULL,NULL,NULL);
INSERT INTO "pages" VALUES(4,2,2,'blank',NULL,NULL,NULL);
INSERT INTO "pages" VALUES(5,3,1,'forms',NULL,NULL,NULL);
INSERT INTO "pages" VALUES(6,3,2,'blank',NULL,NULL,NULL);
CREATE TABLE readings (
	organisation VARCHAR NOT NULL, 
	meter VARCHAR NOT NULL, 
	register VARCHAR NOT NULL, 
	period VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	PRIMARY KEY (organisation, meter, register, period, channel)
);
CREATE INDEX meters_by_account ON meters (organisation, account);
CREATE INDEX ix_files_batch ON files (batch);
CREATE INDEX ix_forms_batch ON forms (batch);
CREATE INDEX forms_by_code ON forms (organisation, account, period);
CREATE INDEX fields_pending ON fields (form) WHERE pending;
CREATE INDEX fields_waiting ON fields (period, form, position) WHERE decision = 'review';
CREATE INDEX fields_by_meter ON fields (meter, register, period);
CREATE INDEX ix_leases_who ON leases (who);
CREATE INDEX ix_events_field ON events (field);
CREATE INDEX ix_events_cause ON events (cause);
CREATE INDEX ix_events_who ON events (who);
CREATE INDEX ix_outbox_delivery ON outbox (delivery);
CREATE INDEX ix_outbox_form ON outbox (form);
CREATE INDEX ix_outbox_field ON outbox (field);
COMMIT;
