package io.tillstream.acceptance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogEntry;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a browser said and sent: its console, and each request with its body and what became of it. */
final class BrowserLog {
    private static final JsonMapper JSON = new JsonMapper();

    private final ChromeDriver driver;
    private final Map<String, JsonNode> requests = new LinkedHashMap<>();
    private final Set<String> unanswered = new LinkedHashSet<>();
    private final List<String> faults = new ArrayList<>();

    BrowserLog(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Console errors, and requests that failed or were answered with an error, since the last look. */
    List<String> faults() {
        read();
        List<String> seen = List.copyOf(faults);
        faults.clear();
        return seen;
    }

    /** All that was sent to this origin so far: addresses, headers and bodies. */
    List<String> sentTo(String origin) {
        read();
        return requests.values().stream()
                .filter(request -> request.path("url").asString().startsWith(origin))
                .map(JsonNode::toString)
                .toList();
    }

    /** Requests that have no whole answer yet, those of pages that were left too: what a page without an end waits for. */
    List<String> unanswered() {
        read();
        return unanswered.stream().map(this::address).toList();
    }

    void forgetUnanswered() {
        read();
        unanswered.clear();
    }

    private void read() {
        for (LogEntry entry : driver.manage().logs().get("browser")) {
            // A request that was refused is told below, with its address.
            if (entry.getLevel().intValue() >= Level.SEVERE.intValue()
                    && !entry.getMessage().contains("Failed to load resource")) {
                faults.add("console: " + entry.getMessage());
            }
        }
        for (LogEntry entry : driver.manage().logs().get("performance")) {
            note(JSON.readTree(entry.getMessage()).path("message"));
        }
    }

    private void note(JsonNode event) {
        JsonNode params = event.path("params");
        String id = params.path("requestId").asString("");
        switch (event.path("method").asString("")) {
            case "Network.requestWillBeSent" -> {
                requests.put(id, params.path("request"));
                unanswered.add(id);
            }
            case "Network.loadingFinished" -> unanswered.remove(id);
            case "Network.responseReceived" -> {
                int status = params.path("response").path("status").asInt();
                if (status >= 400) {
                    faults.add(status + " " + address(id));
                } else {
                    // The page was told to come back, came back and was served: that is how it should be.
                    Web.UNAVAILABLE.forEach(no -> faults.removeIf(fault -> fault.equals(no + " " + address(id))));
                }
            }
            case "Network.loadingFailed" -> {
                unanswered.remove(id);
                // A page that is left gives up what it waits for; what no page asked for is the browser's own.
                if (requests.containsKey(id)
                        && !params.path("canceled").asBoolean()
                        && !params.path("errorText").asString("").contains("ERR_ABORTED")) {
                    faults.add(params.path("errorText").asString("") + " " + address(id));
                }
            }
            default -> {
                // Only requests are of interest.
            }
        }
    }

    private String address(String id) {
        JsonNode request = requests.get(id);
        return request == null
                ? id
                : request.path("method").asString() + " " + request.path("url").asString();
    }
}
