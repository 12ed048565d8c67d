"""Spreadsheets for the tests, written by hand: whatever a spreadsheet can hold, and what none should."""

import zipfile

from gridgov.sources.reading import workbook


def sheet_xml(rows, merges=(), first_row=1):
    """Rows of XML cells; a cell is a str, number, bool, None or ready XML."""
    out = []
    for number, cells in enumerate(rows, first_row):
        xml = ""
        for place, value in enumerate(cells):
            ref = f"{workbook.column_letters(place)}{number}"
            match value:
                case None:
                    continue
                case bool():
                    xml += f'<c r="{ref}" t="b"><v>{int(value)}</v></c>'
                case int() | float():
                    xml += f'<c r="{ref}"><v>{value}</v></c>'
                case ("date", serial):
                    xml += f'<c r="{ref}" s="1"><v>{serial}</v></c>'
                case ("time", serial):
                    xml += f'<c r="{ref}" s="2"><v>{serial}</v></c>'
                case _:
                    xml += f'<c r="{ref}" t="inlineStr"><is><t>{value}</t></is></c>'
        out.append(f'<row r="{number}">{xml}</row>')
    merged = "".join(f'<mergeCell ref="{m}"/>' for m in merges)
    return f"<sheetData>{''.join(out)}</sheetData>" + (f"<mergeCells>{merged}</mergeCells>" if merges else "")


def xlsx(path, *sheets, prolog=""):
    """A workbook of such sheets, and no more than it must have."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    numbers = range(1, len(sheets) + 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types"/>')
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        names = "".join(f'<sheet name="S{i}" sheetId="{i}" r:id="rId{i}"/>' for i in numbers)
        archive.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{names}</sheets></workbook>'
        )
        links = "".join(
            f'<Relationship Id="rId{i}" Type="{office}/worksheet" Target="worksheets/sheet{i}.xml"/>' for i in numbers
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships">{links}<Relationship Id="rId99" Type="{office}/styles" '
            'Target="styles.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/styles.xml",
            f'<styleSheet xmlns="{main}"><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/>'
            "</cellXfs></styleSheet>",
        )
        for i, body in zip(numbers, sheets, strict=True):
            archive.writestr(f"xl/worksheets/sheet{i}.xml", f'{prolog}<worksheet xmlns="{main}">{body}</worksheet>')
    return path
