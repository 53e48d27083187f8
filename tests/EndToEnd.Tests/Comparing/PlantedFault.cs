using System.Text.Json;

namespace Replay.EndToEnd.Tests.Comparing;

/// <summary>What a fault does to its shape.</summary>
internal enum PlantedEffect
{
    /// <summary>10 % slower.</summary>
    Tenth,

    /// <summary>25 % slower.</summary>
    Quarter,

    /// <summary>Twice as slow or more, if only for some of its executions.</summary>
    Large,

    /// <summary>It fails.</summary>
    Error,

    /// <summary>Other rows or values.</summary>
    Result,

    /// <summary>The same rows in another order, despite ORDER BY.</summary>
    Order,

    /// <summary>Equal values in another form.</summary>
    Form,
}

/// <summary>A fault that <c>TestKit/planted/faults.cjs</c> can plant on the new server, on a shape of its own.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Effect">What it does to the shape.</param>
/// <param name="Marker">What only this shape's text contains, in lower case.</param>
/// <param name="Statements">What plants it; none if another fault's statements do.</param>
internal sealed record PlantedFault(string Name, PlantedEffect Effect, string Marker, IReadOnlyList<string> Statements)
{
    public static IReadOnlyList<PlantedFault> ReadAll(string json)
    {
        using var document = JsonDocument.Parse(json);
        return
        [
            .. document.RootElement.EnumerateArray().Select(fault => new PlantedFault(
                fault.GetProperty("name").GetString()!,
                Enum.Parse<PlantedEffect>(fault.GetProperty("effect").GetString()!, ignoreCase: true),
                fault.GetProperty("marker").GetString()!,
                [.. fault.GetProperty("plant").EnumerateArray().Select(s => s.GetString()!)])),
        ];
    }

    /// <summary>Whether the comparison tells it of this shape.</summary>
    public bool IsFoundIn(ComparedShape shape) => Effect switch
    {
        PlantedEffect.Error => shape.NewErrors.Count > 0,
        PlantedEffect.Result => shape.DifferentResults > 0,
        PlantedEffect.Order => shape.ResultKind == "order_with_order_by",
        PlantedEffect.Form => shape.ResultKind == "format",
        _ => shape.Verdict == "regressed",
    };
}
