package io.tillstream.web.address;

import org.jspecify.annotations.Nullable;

/** An address as people write it; {@code country} is an ISO 3166-1 alpha-2 code. */
public interface AddressWithPostalCode {

    String country();

    @Nullable
    String postalCode();
}
