/** The frame around every screen: header, navigation, the page, and the dock with the calls. */
import { useDisclosure } from "@mantine/hooks";
import {
  IconAddressBook,
  IconChecklist,
  IconPhoneCall,
  IconPhoneX,
  IconSettings,
  IconUsers,
} from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate, Route, Routes, useLocation, useNavigate } from "react-router";
import { ContactsPage } from "../contacts/ContactsPage";
import { MissedCount } from "../missed/MissedCount";
import { Loading } from "../parts/parts";
import { Banner } from "./Banner";
import { ErrorBoundary } from "./ErrorBoundary";
import { Header } from "./Header";
import classes from "./shell.module.css";
import { useShortcuts } from "./shortcuts";

const PopDock = lazy(() => import("../popup/PopDock"));
const Help = lazy(() => import("./Help"));
const ContactPage = lazy(() => import("../contacts/ContactPage"));
const BinPage = lazy(() => import("../contacts/BinPage"));
const FieldsPage = lazy(() => import("../contacts/FieldsPage"));
const OrganizationPage = lazy(() => import("../contacts/OrganizationPage"));
const ImportPage = lazy(() => import("../contacts/ImportPage"));
const TasksPage = lazy(() => import("../tasks/TasksPage"));
const CallPage = lazy(() => import("../calls/CallPage"));
const CallsPage = lazy(() => import("../calls/CallsPage"));
const ColleaguesPage = lazy(() => import("../colleagues/ColleaguesPage"));
const MissedPage = lazy(() => import("../missed/MissedPage"));
const DeskPage = lazy(() => import("../desk/DeskPage"));
const SettingsPage = lazy(() => import("../settings/SettingsPage"));
const DuplicatesPage = lazy(() => import("../duplicates/DuplicatesPage"));
const ListsPage = lazy(() => import("../lists/ListsPage"));
const DialPage = lazy(() => import("./DialPage"));
const Notify = lazy(() => import("../notify/Notify"));
const DueNotice = lazy(() => import("../missed/DueNotice"));
const TaskNotices = lazy(() => import("../tasks/Notices"));
const NotFound = lazy(() => import("./NotFound"));

const SCREENS = [
  {
    path: "/contacts",
    name: "contacts",
    icon: IconAddressBook,
    also: ["/organizations", "/lists", "/duplicates", "/fields", "/bin"],
  },
  { path: "/tasks", name: "tasks", icon: IconChecklist },
  { path: "/calls", name: "calls", icon: IconPhoneCall },
  { path: "/colleagues", name: "colleagues", icon: IconUsers },
  { path: "/missed", name: "missed", icon: IconPhoneX, badge: MissedCount },
  { path: "/settings", name: "settings", icon: IconSettings },
] as const;

export function Shell() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const [help, { toggle: toggleHelp, close: closeHelp }] = useDisclosure(false);

  const current = (path: string, more: object) =>
    [path, ...("also" in more ? (more.also as readonly string[]) : [])].some(
      (one) => pathname === one || pathname.startsWith(`${one}/`),
    )
      ? "page"
      : undefined;

  useShortcuts({
    "?": toggleHelp,
    ...Object.fromEntries(SCREENS.map((screen, index) => [`Alt+${index + 1}`, () => void navigate(screen.path)])),
  });

  return (
    <div className={classes.shell}>
      <a href="#main" className="skip-link">
        {t("app.skip")}
      </a>
      <Suspense>
        <Notify />
        <TaskNotices />
        <DueNotice />
      </Suspense>
      <Header />
      <Banner />
      <nav className={classes.nav} aria-label={t("nav.main")}>
        <ul>
          {SCREENS.map(({ path, name, icon: Icon, ...more }) => (
            <li key={path}>
              <Link to={path} className={classes.link} title={t(`nav.${name}`)} aria-current={current(path, more)}>
                <Icon size={20} aria-hidden />
                <span className={classes.linkText}>{t(`nav.${name}`)}</span>
                {"badge" in more && <more.badge />}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <main id="main" className={classes.main} tabIndex={-1}>
        <div className={classes.page}>
          <ErrorBoundary key={pathname}>
            <Suspense fallback={<Loading />}>
              <Routes>
                <Route index element={<Navigate to="/contacts" replace />} />
                <Route path="contacts" element={<ContactsPage kind="contacts" />} />
                <Route path="organizations" element={<ContactsPage kind="organizations" />} />
                <Route path="contacts/import" element={<ImportPage />} />
                <Route path="contacts/:id" element={<ContactPage />} />
                <Route path="organizations/:id" element={<OrganizationPage />} />
                <Route path="lists" element={<ListsPage />} />
                <Route path="duplicates" element={<DuplicatesPage />} />
                <Route path="fields" element={<FieldsPage />} />
                <Route path="bin" element={<BinPage />} />
                <Route path="tasks" element={<TasksPage />} />
                <Route path="calls" element={<CallsPage />} />
                <Route path="calls/:id" element={<CallPage />} />
                <Route path="colleagues" element={<ColleaguesPage />} />
                <Route path="missed" element={<MissedPage />} />
                <Route path="dial" element={<DialPage />} />
                <Route path="settings" element={<SettingsPage />} />
                <Route path="settings/desk" element={<DeskPage />} />
                <Route path="*" element={<NotFound />} />
              </Routes>
            </Suspense>
          </ErrorBoundary>
        </div>
      </main>
      <Suspense>
        <PopDock />
      </Suspense>
      <Suspense>{help && <Help close={closeHelp} />}</Suspense>
    </div>
  );
}
