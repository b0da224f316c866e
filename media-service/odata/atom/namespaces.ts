/** Atom (RFC 4287). */
export const ATOM = "http://www.w3.org/2005/Atom";
/** Atom Publishing (RFC 5023): the service document. */
export const APP = "http://www.w3.org/2007/app";
/** Properties and links (OData v3, Atom format). */
export const DATA = "http://schemas.microsoft.com/ado/2007/08/dataservices";
/** What is said about data: types, nulls, errors (OData v3, Atom format). */
export const METADATA = "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata";
/** Relation of a link to what a navigation property leads to; its name follows. */
export const RELATED = "http://schemas.microsoft.com/ado/2007/08/dataservices/related/";
/** Scheme of an entry's category, whose term is the entity's type. */
export const SCHEME = "http://schemas.microsoft.com/ado/2007/08/dataservices/scheme";
