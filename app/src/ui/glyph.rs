//! The icons in use, as path data: one `d` each on a 24 × 24 grid.
//!
//! From Lucide (<https://lucide.dev>), ISC licence: copyright (c) 2026 Lucide Icons and Contributors; some are derived from
//! Feather, MIT licence, copyright (c) 2013-present Cole Bemis. Circles, lines and rectangles are written as paths, so that an icon needs
//! no markup of its own. The boat is ours. An icon that nobody uses is taken out.

/// An icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Glyph {
    /// Lucide `arrow-down`.
    ArrowDown,
    /// Lucide `arrow-left`.
    ArrowLeft,
    /// Lucide `arrow-right`.
    ArrowRight,
    /// Lucide `arrow-up`.
    ArrowUp,
    /// Lucide `ban`.
    Ban,
    /// The mark of Slipway.
    Boat,
    /// Lucide `book-open`.
    BookOpen,
    /// Lucide `box`.
    Box,
    /// Lucide `loader-circle`.
    Busy,
    /// Lucide `boxes`.
    Catalog,
    /// Lucide `check`.
    Check,
    /// Lucide `chevron-down`.
    ChevronDown,
    /// Lucide `chevron-right`.
    ChevronRight,
    /// Lucide `chevrons-up-down`.
    ChevronsUpDown,
    /// Lucide `clock`.
    Clock,
    /// Lucide `x`.
    Close,
    /// Lucide `component`.
    Component,
    /// Lucide `copy`.
    Copy,
    /// Lucide `cpu`.
    Cpu,
    /// Lucide `database`.
    Database,
    /// Lucide `download`.
    Download,
    /// Lucide `layers`.
    Environment,
    /// Lucide `external-link`.
    ExternalLink,
    /// Lucide `circle-x`.
    Failed,
    /// Lucide `file-code`.
    FileCode,
    /// Lucide `file-text`.
    FileText,
    /// Lucide `file-warning`.
    FileWarning,
    /// Lucide `filter`.
    Filter,
    /// Lucide `folder`.
    Folder,
    /// Lucide `git-branch`.
    GitBranch,
    /// Lucide `globe`.
    Globe,
    /// Lucide `history`.
    History,
    /// Lucide `house`.
    Home,
    /// Lucide `hourglass`.
    Hourglass,
    /// Lucide `inbox`.
    Inbox,
    /// Lucide `info`.
    Info,
    /// Lucide `key-round`.
    Key,
    /// Lucide `keyboard`.
    Keyboard,
    /// Lucide `library`.
    Library,
    /// Lucide `link`.
    Link,
    /// Lucide `list-checks`.
    ListChecks,
    /// Lucide `lock`.
    Lock,
    /// Lucide `map-pin`.
    MapPin,
    /// Lucide `menu`.
    Menu,
    /// Lucide `monitor`.
    Monitor,
    /// Lucide `moon`.
    Moon,
    /// Lucide `ellipsis`.
    More,
    /// Lucide `circle-dashed`.
    Off,
    /// Lucide `circle-check`.
    Ok,
    /// Lucide `pause`.
    Pause,
    /// Lucide `play`.
    Play,
    /// Lucide `plug`.
    Plug,
    /// Lucide `plus`.
    Plus,
    /// Lucide `circle-alert`.
    Problem,
    /// Lucide `panel-left`.
    Rail,
    /// Lucide `refresh-cw`.
    Refresh,
    /// Lucide `rotate-ccw`.
    Retry,
    /// Lucide `search`.
    Search,
    /// Lucide `send`.
    Send,
    /// Lucide `server`.
    Server,
    /// Lucide `settings-2`.
    Settings,
    /// Lucide `shield-check`.
    ShieldCheck,
    /// Lucide `log-in`.
    SignIn,
    /// Lucide `log-out`.
    SignOut,
    /// Lucide `square`.
    Stop,
    /// Lucide `sun`.
    Sun,
    /// Lucide `terminal`.
    Terminal,
    /// Lucide `timer`.
    Timer,
    /// Lucide `trash-2`.
    Trash,
    /// Lucide `upload`.
    Upload,
    /// Lucide `user`.
    User,
    /// Lucide `users`.
    Users,
    /// Lucide `triangle-alert`.
    Warning,
    /// Lucide `panels-top-left`.
    Website,
}

impl Glyph {
    /// Every icon, for the page that shows them.
    pub const ALL: &[Glyph] = &[
        Glyph::ArrowDown,
        Glyph::ArrowLeft,
        Glyph::ArrowRight,
        Glyph::ArrowUp,
        Glyph::Ban,
        Glyph::Boat,
        Glyph::BookOpen,
        Glyph::Box,
        Glyph::Busy,
        Glyph::Catalog,
        Glyph::Check,
        Glyph::ChevronDown,
        Glyph::ChevronRight,
        Glyph::ChevronsUpDown,
        Glyph::Clock,
        Glyph::Close,
        Glyph::Component,
        Glyph::Copy,
        Glyph::Cpu,
        Glyph::Database,
        Glyph::Download,
        Glyph::Environment,
        Glyph::ExternalLink,
        Glyph::Failed,
        Glyph::FileCode,
        Glyph::FileText,
        Glyph::FileWarning,
        Glyph::Filter,
        Glyph::Folder,
        Glyph::GitBranch,
        Glyph::Globe,
        Glyph::History,
        Glyph::Home,
        Glyph::Hourglass,
        Glyph::Inbox,
        Glyph::Info,
        Glyph::Key,
        Glyph::Keyboard,
        Glyph::Library,
        Glyph::Link,
        Glyph::ListChecks,
        Glyph::Lock,
        Glyph::MapPin,
        Glyph::Menu,
        Glyph::Monitor,
        Glyph::Moon,
        Glyph::More,
        Glyph::Off,
        Glyph::Ok,
        Glyph::Pause,
        Glyph::Play,
        Glyph::Plug,
        Glyph::Plus,
        Glyph::Problem,
        Glyph::Rail,
        Glyph::Refresh,
        Glyph::Retry,
        Glyph::Search,
        Glyph::Send,
        Glyph::Server,
        Glyph::Settings,
        Glyph::ShieldCheck,
        Glyph::SignIn,
        Glyph::SignOut,
        Glyph::Stop,
        Glyph::Sun,
        Glyph::Terminal,
        Glyph::Timer,
        Glyph::Trash,
        Glyph::Upload,
        Glyph::User,
        Glyph::Users,
        Glyph::Warning,
        Glyph::Website,
    ];

    /// The path.
    pub const fn path(self) -> &'static str {
        match self {
            Glyph::ArrowDown => "M12 5v14M19 12l-7 7-7-7",
            Glyph::ArrowLeft => "M12 19l-7-7 7-7M19 12H5",
            Glyph::ArrowRight => "M5 12h14M12 5l7 7-7 7",
            Glyph::ArrowUp => "M5 12l7-7 7 7M12 19V5",
            Glyph::Ban => "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0M4.929 4.929 19.07 19.071",
            Glyph::Boat => "M3 15h18l-3 5H6zM12 15V4l6 7M2 22c2 0 2-1 4-1s2 1 4 1 2-1 4-1 2 1 4 1 2-1 4-1",
            Glyph::BookOpen => {
                "M12 5v16M20.001 19A2 2 0 0022 17V5a2 2 0 00-1.999-2L16 3.002A5 5 0 0012 5a5 5 0 00-4-2H4a2 2 0 00-2 2v12a2 2 0 001.999 2H8a5 5 0 014 2 5 5 0 014-2z"
            }
            Glyph::Box => {
                "M21 8a2 2 0 0 0-1-1.73l-7-4a2 2 0 0 0-2 0l-7 4A2 2 0 0 0 3 8v8a2 2 0 0 0 1 1.73l7 4a2 2 0 0 0 2 0l7-4A2 2 0 0 0 21 16ZM3.3 7l8.7 5 8.7-5M12 22V12"
            }
            Glyph::Busy => "M21 12a9 9 0 1 1-6.219-8.56",
            Glyph::Catalog => {
                "M2.97 12.92A2 2 0 0 0 2 14.63v3.24a2 2 0 0 0 .97 1.71l3 1.8a2 2 0 0 0 2.06 0L12 19v-5.5l-5-3-4.03 2.42ZM7 16.5l-4.74-2.85M7 16.5l5-3M7 16.5v5.17M12 13.5V19l3.97 2.38a2 2 0 0 0 2.06 0l3-1.8a2 2 0 0 0 .97-1.71v-3.24a2 2 0 0 0-.97-1.71L17 10.5l-5 3ZM17 16.5l-5-3M17 16.5l4.74-2.85M17 16.5v5.17M7.97 4.42A2 2 0 0 0 7 6.13v4.37l5 3 5-3V6.13a2 2 0 0 0-.97-1.71l-3-1.8a2 2 0 0 0-2.06 0l-3 1.8ZM12 8 7.26 5.15M12 8l4.74-2.85M12 13.5V8"
            }
            Glyph::Check => "M20 6 9 17l-5-5",
            Glyph::ChevronDown => "M6 9l6 6 6-6",
            Glyph::ChevronRight => "M9 18l6-6-6-6",
            Glyph::ChevronsUpDown => "M7 15l5 5 5-5M7 9l5-5 5 5",
            Glyph::Clock => "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0M12 6v6l4 2",
            Glyph::Close => "M18 6 6 18M6 6l12 12",
            Glyph::Component => {
                "M15.536 11.293a1 1 0 0 0 0 1.414l2.376 2.377a1 1 0 0 0 1.414 0l2.377-2.377a1 1 0 0 0 0-1.414l-2.377-2.377a1 1 0 0 0-1.414 0zM2.297 11.293a1 1 0 0 0 0 1.414l2.377 2.377a1 1 0 0 0 1.414 0l2.377-2.377a1 1 0 0 0 0-1.414L6.088 8.916a1 1 0 0 0-1.414 0zM8.916 17.912a1 1 0 0 0 0 1.415l2.377 2.376a1 1 0 0 0 1.414 0l2.377-2.376a1 1 0 0 0 0-1.415l-2.377-2.376a1 1 0 0 0-1.414 0zM8.916 4.674a1 1 0 0 0 0 1.414l2.377 2.376a1 1 0 0 0 1.414 0l2.377-2.376a1 1 0 0 0 0-1.414l-2.377-2.377a1 1 0 0 0-1.414 0z"
            }
            Glyph::Copy => {
                "M10 8h10a2 2 0 0 1 2 2v10a2 2 0 0 1 -2 2h-10a2 2 0 0 1 -2 -2v-10a2 2 0 0 1 2 -2zM4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2"
            }
            Glyph::Cpu => {
                "M12 20v2M12 2v2M17 20v2M17 2v2M2 12h2M2 17h2M2 7h2M20 12h2M20 17h2M20 7h2M7 20v2M7 2v2M6 4h12a2 2 0 0 1 2 2v12a2 2 0 0 1 -2 2h-12a2 2 0 0 1 -2 -2v-12a2 2 0 0 1 2 -2zM9 8h6a1 1 0 0 1 1 1v6a1 1 0 0 1 -1 1h-6a1 1 0 0 1 -1 -1v-6a1 1 0 0 1 1 -1z"
            }
            Glyph::Database => {
                "M3 5a9 3 0 1 0 18 0a9 3 0 1 0 -18 0M3 5V19A9 3 0 0 0 21 19V5M3 12A9 3 0 0 0 21 12"
            }
            Glyph::Download => "M12 15V3M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4M7 10l5 5 5-5",
            Glyph::Environment => {
                "M12.83 2.18a2 2 0 0 0-1.66 0L2.6 6.08a1 1 0 0 0 0 1.83l8.58 3.91a2 2 0 0 0 1.66 0l8.58-3.9a1 1 0 0 0 0-1.83zM2 12a1 1 0 0 0 .58.91l8.6 3.91a2 2 0 0 0 1.65 0l8.58-3.9A1 1 0 0 0 22 12M2 17a1 1 0 0 0 .58.91l8.6 3.91a2 2 0 0 0 1.65 0l8.58-3.9A1 1 0 0 0 22 17"
            }
            Glyph::ExternalLink => {
                "M15 3h6v6M10 14 21 3M18 13v6a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h6"
            }
            Glyph::Failed => "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0M15 9l-6 6M9 9l6 6",
            Glyph::FileCode => {
                "M6 22a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h8a2.4 2.4 0 0 1 1.704.706l3.588 3.588A2.4 2.4 0 0 1 20 8v12a2 2 0 0 1-2 2zM14 2v5a1 1 0 0 0 1 1h5M10 12.5 8 15l2 2.5M14 12.5l2 2.5-2 2.5"
            }
            Glyph::FileText => {
                "M6 22a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h8a2.4 2.4 0 0 1 1.704.706l3.588 3.588A2.4 2.4 0 0 1 20 8v12a2 2 0 0 1-2 2zM14 2v5a1 1 0 0 0 1 1h5M10 9H8M16 13H8M16 17H8"
            }
            Glyph::FileWarning => {
                "M6 22a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h8a2.4 2.4 0 0 1 1.704.706l3.588 3.588A2.4 2.4 0 0 1 20 8v12a2 2 0 0 1-2 2zM12 9v4M12 17h.01"
            }
            Glyph::Filter => {
                "M10 20a1 1 0 0 0 .553.895l2 1A1 1 0 0 0 14 21v-7a2 2 0 0 1 .517-1.341L21.74 4.67A1 1 0 0 0 21 3H3a1 1 0 0 0-.742 1.67l7.225 7.989A2 2 0 0 1 10 14z"
            }
            Glyph::Folder => {
                "M20 20a2 2 0 0 0 2-2V8a2 2 0 0 0-2-2h-7.9a2 2 0 0 1-1.69-.9L9.6 3.9A2 2 0 0 0 7.93 3H4a2 2 0 0 0-2 2v13a2 2 0 0 0 2 2Z"
            }
            Glyph::GitBranch => {
                "M15 6a9 9 0 0 0-9 9V3M15 6a3 3 0 1 0 6 0a3 3 0 1 0 -6 0M3 18a3 3 0 1 0 6 0a3 3 0 1 0 -6 0"
            }
            Glyph::Globe => {
                "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0M12 2a14.5 14.5 0 0 0 0 20 14.5 14.5 0 0 0 0-20M2 12h20"
            }
            Glyph::History => "M3 12a9 9 0 1 0 9-9 9.75 9.75 0 0 0-6.74 2.74L3 8M3 3v5h5M12 7v5l4 2",
            Glyph::Home => {
                "M15 21v-8a1 1 0 0 0-1-1h-4a1 1 0 0 0-1 1v8M3 10a2 2 0 0 1 .709-1.528l7-6a2 2 0 0 1 2.582 0l7 6A2 2 0 0 1 21 10v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z"
            }
            Glyph::Hourglass => {
                "M5 22h14M5 2h14M17 22v-4.172a2 2 0 0 0-.586-1.414L12 12l-4.414 4.414A2 2 0 0 0 7 17.828V22M7 2v4.172a2 2 0 0 0 .586 1.414L12 12l4.414-4.414A2 2 0 0 0 17 6.172V2"
            }
            Glyph::Inbox => {
                "M22 12 16 12 14 15 10 15 8 12 2 12M5.45 5.11 2 12v6a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2v-6l-3.45-6.89A2 2 0 0 0 16.76 4H7.24a2 2 0 0 0-1.79 1.11z"
            }
            Glyph::Info => "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0M12 16v-4M12 8h.01",
            Glyph::Key => {
                "M2.586 17.414A2 2 0 0 0 2 18.828V21a1 1 0 0 0 1 1h3a1 1 0 0 0 1-1v-1a1 1 0 0 1 1-1h1a1 1 0 0 0 1-1v-1a1 1 0 0 1 1-1h.172a2 2 0 0 0 1.414-.586l.814-.814a6.5 6.5 0 1 0-4-4zM16 7.5a0.5 0.5 0 1 0 1 0a0.5 0.5 0 1 0 -1 0"
            }
            Glyph::Keyboard => {
                "M10 8h.01M12 12h.01M14 8h.01M16 12h.01M18 8h.01M6 8h.01M7 16h10M8 12h.01M4 4h16a2 2 0 0 1 2 2v12a2 2 0 0 1 -2 2h-16a2 2 0 0 1 -2 -2v-12a2 2 0 0 1 2 -2z"
            }
            Glyph::Library => "M16 6l4 14M12 6v14M8 8v12M4 4v16",
            Glyph::Link => {
                "M10 13a5 5 0 0 0 7.54.54l3-3a5 5 0 0 0-7.07-7.07l-1.72 1.71M14 11a5 5 0 0 0-7.54-.54l-3 3a5 5 0 0 0 7.07 7.07l1.71-1.71"
            }
            Glyph::ListChecks => "M13 5h8M13 12h8M13 19h8M3 17l2 2 4-4M3 7l2 2 4-4",
            Glyph::Lock => {
                "M5 11h14a2 2 0 0 1 2 2v7a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-7a2 2 0 0 1 2 -2zM7 11V7a5 5 0 0 1 10 0v4"
            }
            Glyph::MapPin => {
                "M20 10c0 4.993-5.539 10.193-7.399 11.799a1 1 0 0 1-1.202 0C9.539 20.193 4 14.993 4 10a8 8 0 0 1 16 0M9 10a3 3 0 1 0 6 0a3 3 0 1 0 -6 0"
            }
            Glyph::Menu => "M4 5h16M4 12h16M4 19h16",
            Glyph::Monitor => {
                "M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1 -2 2h-16a2 2 0 0 1 -2 -2v-10a2 2 0 0 1 2 -2zM8 21L16 21M12 17L12 21"
            }
            Glyph::Moon => {
                "M20.985 12.486a9 9 0 1 1-9.473-9.472c.405-.022.617.46.402.803a6 6 0 0 0 8.268 8.268c.344-.215.825-.004.803.401"
            }
            Glyph::More => {
                "M11 12a1 1 0 1 0 2 0a1 1 0 1 0 -2 0M18 12a1 1 0 1 0 2 0a1 1 0 1 0 -2 0M4 12a1 1 0 1 0 2 0a1 1 0 1 0 -2 0"
            }
            Glyph::Off => {
                "M10.1 2.182a10 10 0 0 1 3.8 0M13.9 21.818a10 10 0 0 1-3.8 0M17.609 3.721a10 10 0 0 1 2.69 2.7M2.182 13.9a10 10 0 0 1 0-3.8M20.279 17.609a10 10 0 0 1-2.7 2.69M21.818 10.1a10 10 0 0 1 0 3.8M3.721 6.391a10 10 0 0 1 2.7-2.69M6.391 20.279a10 10 0 0 1-2.69-2.7"
            }
            Glyph::Ok => "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0M16 9l-5.5 5.5L8 12",
            Glyph::Pause => "M6 4h4v16h-4zM14 4h4v16h-4z",
            Glyph::Play => {
                "M5 5a2 2 0 0 1 3.008-1.728l11.997 6.998a2 2 0 0 1 .003 3.458l-12 7A2 2 0 0 1 5 19z"
            }
            Glyph::Plug => {
                "M12 22v-5M15 8V2M17 8a1 1 0 0 1 1 1v4a4 4 0 0 1-4 4h-4a4 4 0 0 1-4-4V9a1 1 0 0 1 1-1zM9 8V2"
            }
            Glyph::Plus => "M5 12h14M12 5v14",
            Glyph::Problem => "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0M12 8L12 12M12 16L12.01 16",
            Glyph::Rail => {
                "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-14a2 2 0 0 1 2 -2zM9 3v18"
            }
            Glyph::Refresh => {
                "M3 12a9 9 0 0 1 9-9 9.75 9.75 0 0 1 6.74 2.74L21 8M21 3v5h-5M21 12a9 9 0 0 1-9 9 9.75 9.75 0 0 1-6.74-2.74L3 16M8 16H3v5"
            }
            Glyph::Retry => "M3 12a9 9 0 1 0 9-9 9.75 9.75 0 0 0-6.74 2.74L3 8M3 3v5h5",
            Glyph::Search => "M21 21l-4.34-4.34M3 11a8 8 0 1 0 16 0a8 8 0 1 0 -16 0",
            Glyph::Send => {
                "M14.536 21.686a.5.5 0 0 0 .937-.024l6.5-19a.496.496 0 0 0-.635-.635l-19 6.5a.5.5 0 0 0-.024.937l7.93 3.18a2 2 0 0 1 1.112 1.11zM21.854 2.147l-10.94 10.939"
            }
            Glyph::Server => {
                "M4 2h16a2 2 0 0 1 2 2v4a2 2 0 0 1 -2 2h-16a2 2 0 0 1 -2 -2v-4a2 2 0 0 1 2 -2zM4 14h16a2 2 0 0 1 2 2v4a2 2 0 0 1 -2 2h-16a2 2 0 0 1 -2 -2v-4a2 2 0 0 1 2 -2zM6 6L6.01 6M6 18L6.01 18"
            }
            Glyph::Settings => {
                "M14 17H5M19 7h-9M14 17a3 3 0 1 0 6 0a3 3 0 1 0 -6 0M4 7a3 3 0 1 0 6 0a3 3 0 1 0 -6 0"
            }
            Glyph::ShieldCheck => {
                "M20 13c0 5-3.5 7.5-7.66 8.95a1 1 0 0 1-.67-.01C7.5 20.5 4 18 4 13V6a1 1 0 0 1 1-1c2 0 4.5-1.2 6.24-2.72a1.17 1.17 0 0 1 1.52 0C14.51 3.81 17 5 19 5a1 1 0 0 1 1 1zM9 12l2 2 4-4"
            }
            Glyph::SignIn => "M10 17l5-5-5-5M15 12H3M15 3h4a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2h-4",
            Glyph::SignOut => "M16 17l5-5-5-5M21 12H9M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4",
            Glyph::Stop => "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-14a2 2 0 0 1 2 -2z",
            Glyph::Sun => {
                "M8 12a4 4 0 1 0 8 0a4 4 0 1 0 -8 0M12 2v2M12 20v2M4.93 4.93l1.41 1.41M17.66 17.66l1.41 1.41M2 12h2M20 12h2M6.34 17.66l-1.41 1.41M19.07 4.93l-1.41 1.41"
            }
            Glyph::Terminal => "M12 19h8M4 17l6-6-6-6",
            Glyph::Timer => "M10 2L14 2M12 14L15 11M4 14a8 8 0 1 0 16 0a8 8 0 1 0 -16 0",
            Glyph::Trash => {
                "M10 11v6M14 11v6M19 6v14a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6M3 6h18M8 6V4a2 2 0 0 1 2-2h4a2 2 0 0 1 2 2v2"
            }
            Glyph::Upload => "M12 3v12M17 8l-5-5-5 5M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4",
            Glyph::User => "M19 21v-2a4 4 0 0 0-4-4H9a4 4 0 0 0-4 4v2M8 7a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
            Glyph::Users => {
                "M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2M16 3.128a4 4 0 0 1 0 7.744M22 21v-2a4 4 0 0 0-3-3.87M5 7a4 4 0 1 0 8 0a4 4 0 1 0 -8 0"
            }
            Glyph::Warning => {
                "M21.73 18l-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3M12 9v4M12 17h.01"
            }
            Glyph::Website => {
                "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-14a2 2 0 0 1 2 -2zM3 9h18M9 21V9"
            }
        }
    }
}
