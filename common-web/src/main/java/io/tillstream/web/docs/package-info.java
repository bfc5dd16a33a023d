/** What all services' OpenAPI pages have alike. */
@NullMarked
package io.tillstream.web.docs;

import org.jspecify.annotations.NullMarked;
