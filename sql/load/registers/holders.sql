-- holders: who carries which device on a local day, as the list that was loaded last says
-- params : town_id, day
-- returns: device, holder (pseudonyms), one row a device that somebody has
-- used by: store.devices        index: device_town_id_device_idx
SELECT
  device,
  holder
FROM (
  SELECT DISTINCT ON (device)
    device,
    holder
  FROM device
  WHERE town_id = :town_id AND (valid_from IS NULL OR valid_from <= :day) AND (valid_to IS NULL OR valid_to > :day)
  ORDER BY device, load_run_id DESC, id DESC
) AS held
WHERE holder IS NOT NULL
