//! The camera's features, as cameras describe them. Addresses are those of `device::register`.

use std::io::Write;

use crate::device::register as at;
use crate::faults::XmlKind;

fn integer(name: &str, address: u64, min: &str, max: &str, step: u32, more: &str) -> String {
    format!(
        r#"<Integer Name="{name}">{more}<pValue>{name}Reg</pValue>{min}{max}<Inc>{step}</Inc></Integer>
<IntReg Name="{name}Reg"><Address>{address:#x}</Address><Length>4</Length><AccessMode>RW</AccessMode><pPort>Device</pPort><Sign>Unsigned</Sign><Endianess>LittleEndian</Endianess></IntReg>
"#
    )
}

fn register(name: &str, address: u64, access: &str) -> String {
    format!(
        r#"<IntReg Name="{name}"><Address>{address:#x}</Address><Length>4</Length><AccessMode>{access}</AccessMode><pPort>Device</pPort><Cachable>NoCache</Cachable><Sign>Unsigned</Sign><Endianess>LittleEndian</Endianess></IntReg>
"#
    )
}

fn float(name: &str, address: u64, min: f64, max: f64, unit: &str) -> String {
    format!(
        r#"<Float Name="{name}"><pValue>{name}Reg</pValue><Min>{min}</Min><Max>{max}</Max><Unit>{unit}</Unit></Float>
<FloatReg Name="{name}Reg"><Address>{address:#x}</Address><Length>8</Length><AccessMode>RW</AccessMode><pPort>Device</pPort><Cachable>NoCache</Cachable><Endianess>LittleEndian</Endianess></FloatReg>
"#
    )
}

fn choice(name: &str, address: u64, entries: &[(&str, u32)]) -> String {
    let entries: String = entries
        .iter()
        .map(|(entry, value)| format!(r#"<EnumEntry Name="{entry}"><Value>{value}</Value></EnumEntry>"#))
        .collect();
    format!(
        r#"<Enumeration Name="{name}">{entries}<pValue>{name}Reg</pValue></Enumeration>
<IntReg Name="{name}Reg"><Address>{address:#x}</Address><Length>4</Length><AccessMode>RW</AccessMode><pPort>Device</pPort><Sign>Unsigned</Sign><Endianess>LittleEndian</Endianess></IntReg>
"#
    )
}

fn command(name: &str, address: u64) -> String {
    format!(
        r#"<Command Name="{name}"><pValue>{name}Reg</pValue><CommandValue>1</CommandValue></Command>
<IntReg Name="{name}Reg"><Address>{address:#x}</Address><Length>4</Length><AccessMode>WO</AccessMode><pPort>Device</pPort><Sign>Unsigned</Sign><Endianess>LittleEndian</Endianess></IntReg>
"#
    )
}

/// Sizes in steps, whose ends depend on binning and on where the region begins.
fn text([width, height]: [u32; 2], kind: XmlKind) -> String {
    let side = |name: &str, address: u64| {
        integer(
            name,
            address,
            "<Min>16</Min>",
            &format!("<pMax>{name}Most</pMax>"),
            4,
            "<pIsLocked>TLParamsLocked</pIsLocked>",
        )
    };
    let most = |name: &str, of: &str, less: &str| {
        format!(
            r#"<IntSwissKnife Name="{name}"><pVariable Name="ALL">{of}</pVariable><pVariable Name="LESS">{less}</pVariable><Formula>ALL - LESS</Formula></IntSwissKnife>
"#
        )
    };
    let widest = |name: &str, of: u32, binning: &str| {
        format!(
            r#"<IntSwissKnife Name="{name}"><pVariable Name="BINNING">{binning}</pVariable><Formula>{of} / BINNING</Formula></IntSwissKnife>
"#
        )
    };
    let dangling = if kind == XmlKind::Dangling {
        r#"<Integer Name="Gain"><pValue>NotThere</pValue></Integer><Integer Name="Loop"><pValue>Loop</pValue></Integer><Float Name="Odd"><Min>x</Min></Float>"#
    } else {
        ""
    };
    let width_node = if kind == XmlKind::NoWidth { String::new() } else { side("Width", at::WIDTH) };
    let nodes: String = [
        width_node,
        side("Height", at::HEIGHT),
        widest("WidthMax", width, "BinningHorizontalReg"),
        widest("HeightMax", height, "BinningVerticalReg"),
        most("WidthMost", "WidthMax", "OffsetXReg"),
        most("HeightMost", "HeightMax", "OffsetYReg"),
        integer("OffsetX", at::OFFSET_X, "<Min>0</Min>", "<pMax>OffsetXMost</pMax>", 2, ""),
        integer("OffsetY", at::OFFSET_Y, "<Min>0</Min>", "<pMax>OffsetYMost</pMax>", 2, ""),
        most("OffsetXMost", "WidthMax", "WidthReg"),
        most("OffsetYMost", "HeightMax", "HeightReg"),
        integer("BinningHorizontal", at::BINNING_X, "<Min>1</Min>", "<Max>4</Max>", 1, ""),
        integer("BinningVertical", at::BINNING_Y, "<Min>1</Min>", "<Max>4</Max>", 1, ""),
        choice(
            "PixelFormat",
            at::PIXEL_FORMAT,
            &[("Mono8", 0x0108_0001), ("Mono12p", 0x010C_0047), ("Mono16", 0x0110_0007), ("RGB8", 0x0218_0014)],
        ),
        float("ExposureTime", at::EXPOSURE, 10.0, 1e6, "us"),
        choice("ExposureAuto", at::EXPOSURE_AUTO, &[("Off", 0), ("Continuous", 1)]),
        float("AcquisitionFrameRate", at::FRAME_RATE, 0.1, 2000.0, "Hz"),
        format!(
            r#"<Boolean Name="AcquisitionFrameRateEnable"><pValue>RateSwitch</pValue><OnValue>1</OnValue><OffValue>0</OffValue></Boolean>
{}"#,
            register("RateSwitch", at::RATE_SWITCH, "RW")
        ),
        choice("AcquisitionMode", at::MODE, &[("Continuous", 0), ("SingleFrame", 1)]),
        choice("TriggerSelector", at::TRIGGER_SELECTOR, &[("FrameStart", 0), ("AcquisitionStart", 1)]),
        choice("TriggerMode", at::TRIGGER_MODE, &[("Off", 0), ("On", 1)]),
        choice("TriggerSource", at::TRIGGER_SOURCE, &[("Line0", 1), ("Software", 0)]),
        command("TriggerSoftware", at::TRIGGER_SOFTWARE),
        command("AcquisitionStart", at::START),
        command("AcquisitionStop", at::STOP),
        format!(r#"<Integer Name="TLParamsLocked"><pValue>LockReg</pValue><Min>0</Min><Max>1</Max></Integer>{}"#, register("LockReg", at::LOCK, "RW")),
        register("PayloadSize", at::PAYLOAD_SIZE, "RO"),
        dangling.to_owned(),
    ]
    .concat();
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<RegisterDescription ModelName="Emulated" VendorName="zarrcam" StandardNameSpace="U3V" SchemaMajorVersion="1" SchemaMinorVersion="1" SchemaSubMinorVersion="0" MajorVersion="1" MinorVersion="0" SubMinorVersion="0" ToolTip="" ProductGuid="00000000-0000-0000-0000-000000000000" VersionGuid="00000000-0000-0000-0000-000000000000" xmlns="http://www.genicam.org/GenApi/Version_1_1">
<Category Name="Root"><pFeature>Width</pFeature><pFeature>Height</pFeature><pFeature>ExposureTime</pFeature></Category>
{nodes}<Port Name="Device"/>
</RegisterDescription>
"#
    )
}

/// Its bytes, and whether they are an archive.
pub fn of(sensor: [u32; 2], kind: XmlKind) -> (Vec<u8>, bool) {
    let xml = text(sensor, kind);
    match kind {
        XmlKind::Zipped => (zipped(&xml), true),
        XmlKind::ZippedBroken => (zipped(&xml)[..200].to_vec(), true),
        XmlKind::CutOff => (xml.as_bytes()[..xml.len() / 2].to_vec(), false),
        XmlKind::Garbage => ((0..4096_u32).map(|n| (n * 7 % 251) as u8).collect(), false),
        _ => (xml.into_bytes(), false),
    }
}

fn zipped(xml: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    archive.start_file("emulated.xml", options).expect("a file can begin");
    archive.write_all(xml.as_bytes()).expect("memory can be written");
    archive.finish().expect("an archive can end").into_inner()
}
