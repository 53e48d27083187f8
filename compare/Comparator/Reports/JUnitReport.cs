using System.Text;
using System.Xml;
using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>The comparison as JUnit XML, for build servers: one test case a shape, one for the whole.</summary>
public static class JUnitReport
{
    private const int SqlLength = 150;

    /// <summary>Writes it.</summary>
    public static void Write(Comparison comparison, Stream output)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        using var xml = XmlWriter.Create(output, new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), CloseOutput = false, CheckCharacters = true });
        var failures = comparison.Shapes.Count(shape => shape.IsFailure) + comparison.Objectives.Count(outcome => outcome.Verdict == ObjectiveVerdict.Missed) + (comparison.Verdict == WholeVerdict.Fail ? 1 : 0);
        var skipped = comparison.Shapes.Count(IsSkipped) + comparison.Objectives.Count(outcome => outcome.Verdict == ObjectiveVerdict.Undecided) + (comparison.Verdict == WholeVerdict.Undecided ? 1 : 0);
        xml.WriteStartElement("testsuites");
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", "dbcompare");
        xml.WriteAttributeString("tests", (comparison.Shapes.Count + comparison.Objectives.Count + 1).ToString());
        xml.WriteAttributeString("failures", failures.ToString());
        xml.WriteAttributeString("errors", "0");
        xml.WriteAttributeString("skipped", skipped.ToString());
        xml.WriteAttributeString("timestamp", comparison.ComparedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss"));
        Case(xml, "the whole", "whole", comparison.Verdict == WholeVerdict.Fail ? string.Join('\n', comparison.Reasons) : null, comparison.Verdict == WholeVerdict.Undecided ? string.Join('\n', comparison.Reasons) : null);
        foreach (var outcome in comparison.Objectives)
        {
            Case(xml, outcome.Objective.Name, "objective", outcome.Verdict == ObjectiveVerdict.Missed ? outcome.Why : null, outcome.Verdict == ObjectiveVerdict.Undecided ? outcome.Why : null, outcome.Verdict == ObjectiveVerdict.Met ? outcome.Why : "");
        }

        foreach (var shape in comparison.Shapes)
        {
            var text = $"{ReportRows.Verdict(shape)}: ratio {string.Join(", ", ReportRows.Cells(shape, SqlLength)[1..3])}\n{shape.Sql}";
            Case(xml, $"{shape.Hex} {Sentences.Short(shape.Sql, SqlLength)}", shape.Class, shape.IsFailure ? text : null, IsSkipped(shape) ? text : null, string.Join('\n', shape.Waivers.Select(waiver => $"{ReportRows.Accepted(shape, waiver)} {waiver.Words}")));
        }

        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static bool IsSkipped(ShapeComparison shape) => !shape.IsFailure && shape.Exclusion == Eligibility.Compared && shape.Decision.Verdict == ShapeVerdict.NotEnoughData;

    private static void Case(XmlWriter xml, string name, string @class, string? failure, string? skipped, string output = "")
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("name", Clean(name));
        xml.WriteAttributeString("classname", $"dbcompare.{@class.Replace(' ', '_')}");
        if (failure is not null)
        {
            xml.WriteStartElement("failure");
            xml.WriteAttributeString("message", Clean(Sentences.Short(failure, SqlLength)));
            xml.WriteString(Clean(failure));
            xml.WriteEndElement();
        }
        else if (skipped is not null)
        {
            xml.WriteStartElement("skipped");
            xml.WriteAttributeString("message", Clean(Sentences.Short(skipped, SqlLength)));
            xml.WriteEndElement();
        }

        if (output.Length > 0)
        {
            xml.WriteElementString("system-out", Clean(output));
        }

        xml.WriteEndElement();
    }

    // Control characters of a statement have no place in XML 1.0, not even escaped.
    private static string Clean(string text) =>
        string.Concat(text.EnumerateRunes().Select(rune => !rune.IsBmp || XmlConvert.IsXmlChar((char)rune.Value) ? rune : new Rune('?')));
}
