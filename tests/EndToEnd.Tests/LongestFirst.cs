using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Replay.EndToEnd.Tests.LongestFirst", "EndToEnd.Tests")]

namespace Replay.EndToEnd.Tests;

/// <summary>Collections of several classes begin before single classes, which are shorter and fill the end, when no more than one processor would have something to do.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => collection.CollectionDefinition is null).ThenBy(collection => collection.DisplayName, StringComparer.Ordinal);
}
