package io.tillstream.chaos.check.observation;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** What a service says of itself at {@code /actuator/prometheus}. */
public final class Metrics {

    private static final Duration LONGEST = Duration.ofMinutes(2); // for one scrape of a busy service
    private static final int LOOKS = 20;
    private static final Duration REST = Duration.ofMillis(100); // a statement is over in less

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI address;
    private final int looks;
    private final Duration rest;

    /** @param address of the scrape itself */
    public Metrics(URI address) {
        this(address, LOOKS, REST);
    }

    /**
     * @param looks so often something has to be in use to be so for good
     * @param rest between two looks
     */
    public Metrics(URI address, int looks, Duration rest) {
        this.address = address;
        this.looks = looks;
        this.rest = rest;
    }

    /** A series whose value is above zero, as it is told. */
    public List<String> aboveZero(Predicate<String> series) {
        List<String> found = new ArrayList<>();
        scrape().lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int end = line.lastIndexOf(' ');
            if (end > 0 && series.test(line.substring(0, end)) && Double.parseDouble(line.substring(end + 1)) > 0) {
                found.add(line.substring(0, end));
            }
        });
        return found;
    }

    /** Such a series that was above zero at each of several looks: what is in use for a moment only is not. */
    public List<String> everAboveZero(Predicate<String> series) {
        List<String> found = aboveZero(series);
        for (int look = 1; look < looks && !found.isEmpty(); look++) {
            LockSupport.parkNanos(rest.toNanos());
            found.retainAll(aboveZero(series));
        }
        return found;
    }

    private String scrape() {
        HttpRequest request = HttpRequest.newBuilder(address).timeout(LONGEST).build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(address + " answers " + answer.statusCode());
            }
            return answer.body();
        } catch (IOException cause) {
            throw new IllegalStateException(address + " does not answer", cause);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Stopped while " + address + " was read", cause);
        }
    }
}
