-- gpkg_alias: what a column is called, and its unit, in a GeoPackage
-- names  : -
-- params : table_name, column_name, name, title, description
-- returns: -
-- used by: gridgov.exporting.geofiles, on the SQLite file itself
INSERT INTO gpkg_data_columns (table_name, column_name, name, title, description)
VALUES (:table_name, :column_name, :name, :title, :description);
