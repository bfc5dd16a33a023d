package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.local.Welcome;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Whatever {@code ./run} prints is opened in a browser: no address leads to an error page, nor does the root above it. */
class RootPagesIT {

    private static final Pattern ADDRESS = Pattern.compile("(http://(?:localhost|127\\.0\\.0\\.1):\\d+)(/[^\\s\"]*)?");

    private static List<String> printed() {
        String places = Welcome.text(Stack.tillstream(), 1).split("\nTry:", 2)[0];
        return ADDRESS.matcher(places)
                .results()
                .flatMap(found -> Stream.of(found.group(), found.group(1), found.group(1) + "/"))
                .distinct()
                .toList();
    }

    @TestFactory
    Stream<DynamicTest> whatIsPrintedIsAPage() {
        return printed().stream().map(address -> DynamicTest.dynamicTest(address, () -> opens(address)));
    }

    private static void opens(String address) {
        URI page = URI.create(address);
        Answer answer = open(page);
        for (int hops = 0; hops < 5 && answer.status() >= 300 && answer.status() < 400; hops++) {
            page = page.resolve(answer.header("location"));
            answer = open(page);
        }
        assertThat(answer.status()).as("%s, at %s", address, page).isEqualTo(200);
        assertThat(answer.header("content-type")).as("%s, at %s", address, page).startsWith("text/html");
        assertThat(answer.body()).doesNotContain("Whitelabel").contains("<title>");
    }

    private static Answer open(URI page) {
        return Web.send("GET", page, Map.of("Accept", "text/html,application/xhtml+xml,*/*;q=0.8"), (String) null);
    }

    @Test
    void eachPartIsAmongThem() {
        assertThat(printed()).filteredOn(address -> address.endsWith("/")).hasSizeGreaterThanOrEqualTo(7);
    }
}
